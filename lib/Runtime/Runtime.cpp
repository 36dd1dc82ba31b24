// Placeholder; replaced by the folder's first file.
