// Elements by name, attributes and children. Texts are set as texts, so that no name of a model's node is read as HTML.

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** A tooltip, and what a screen reader says of a shape. */
function svgTitle(text) {
  return svg("title", {}, text);
}

/** The `part` of the section called `id`, empty. */
function emptied(id, part) {
  const found = document.querySelector(`#${id} ${part}`);
  found.replaceChildren();
  return found;
}
