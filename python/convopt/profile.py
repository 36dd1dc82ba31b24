"""Profile several boards or hosts at once, on Dask's workers.

    python -m convopt.profile --layers=data/layers.txt -o data --workers=2
    python -m convopt.profile --layers=data/layers.txt -o data --target=aarch64 --cpu=cortex-a72 \\
        --remote=user@board1 --remote=user@board2
    python -m convopt.profile --again=list.csv -o data --scheduler=tcp://desk:8786

What convopt-profile would measure is cut into chunks. By default workers are processes here, one a board. Those of
another scheduler are hosts that `dask worker` was started on, with convopt in PYTHONPATH and convopt-profile in
CONVOPT_BIN or PATH; every kind of machine among them measures everything. FOLDER gets the files that convopt-profile
writes, MACHINE.csv and MACHINE.json, for each machine; equal machines share theirs. It goes on where it ended.
data/README.md has more.
"""

import contextlib
import pathlib
import sys

from convopt.options import new_parser

# Those of convopt-profile: of what machine, of which samples, and how to measure.
MACHINE = ("target", "cpu", "features")
SAMPLES = ("choices-per-layer", "seed")
MEASURING = ("passes", "repeat", "seconds", "timeout", "weights", "kernel-cache", "cc", "ssh")
PASSES = 3


def read_arguments(arguments=None):
    """The command line."""
    parser = new_parser("convopt.profile", __doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--layers", metavar="FILE", help="layers to measure, one a line")
    what.add_argument("--again", metavar="LIST.csv", help="measure the choices of this list or profile")
    parser.add_argument("-o", dest="folder", required=True, metavar="FOLDER", help="where profiles are")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of Dask; without it workers are started here")
    parser.add_argument("--workers", type=int, metavar="N", help="how many are started (1, or one a board)")
    parser.add_argument("--remote", action="append", default=[], metavar="USER@BOARD", help="a board; may be repeated")
    parser.add_argument("--cores", default="", metavar="A,B", help="cores to measure on (all that may be used)")
    parser.add_argument("--chunk", type=int, default=120, metavar="N", help="about how many samples a chunk has (120)")
    parser.add_argument("--wait", type=float, default=60, metavar="S", help="seconds to wait for lost workers (60)")
    group = parser.add_argument_group("options of convopt-profile")
    for name in (*MACHINE, *SAMPLES, *MEASURING):
        group.add_argument(f"--{name}")
    options = parser.parse_args(arguments)
    try:
        options.cores = [int(core) for core in options.cores.split(",") if core]
    except ValueError:
        parser.error("--cores: expected numbers, as 0,1")
    if options.chunk < 1 or (options.workers is not None and options.workers < 1):
        parser.error("--chunk and --workers are at least 1")
    if options.passes is not None and not options.passes.isdigit():
        parser.error("--passes: expected a number")
    return options


def _given(options, names):
    """The options among `names` as convopt-profile takes them."""
    pairs = [(name, getattr(options, name.replace("-", "_"))) for name in names]
    return [f"--{name}={value}" for name, value in pairs if value is not None]


def plan(options, text, client, machines):
    """What has to be measured: triples of resource, Profile and rows; the Profiles; how many samples there are."""
    from convopt.profile_chunks import chunks, read_list
    from convopt.profile_files import ProfileError, find_profiles
    from convopt.profile_worker import list_choices

    passes, work, known = max(int(options.passes or PASSES), 1), [], 0
    listing, profiles = _given(options, MACHINE + SAMPLES), find_profiles(options.folder, machines)
    for resource, machine in sorted(machines.items()):
        if options.layers:
            listed = client.submit(list_choices, text, listing, resources={resource: 1}, pure=False).result()
            rows = read_list(listed, options.layers)
        else:
            rows = [row for row in read_list(text, options.again) if row[2] == machine["machine"]]
        lacking = [row for row in rows if profiles[resource].lacks(row, passes)]
        known += len(rows) - len(lacking)
        work += [(resource, profiles[resource], part) for part in chunks(lacking, options.chunk)]
    if not work and not known:
        names = ", ".join(sorted({machine["machine"] for machine in machines.values()}))
        raise ProfileError(f"{options.again or options.layers}: has nothing to measure on {names}")
    return work, list(profiles.values()), known


def measure(options):
    """Does it; how many chunks could not be measured."""
    from convopt import profile_cluster, profile_run
    from convopt.profile_files import ProfileError
    from convopt.profile_worker import NAME

    text = pathlib.Path(options.layers or options.again).read_text()
    if pathlib.Path(options.folder).exists() and not pathlib.Path(options.folder).is_dir():
        raise ProfileError(f"-o {options.folder}: not a folder")
    workers = options.workers or max(len(options.remote), 1)
    with profile_cluster.connect(options.scheduler, workers, options.wait) as client:
        how = _given(options, MACHINE + MEASURING)
        try:
            machines, troubles = profile_cluster.set_up(client, how, options.remote, options.cores, options.wait)
            if not machines:
                raise profile_cluster.ClusterError("; ".join(troubles) or "no worker has a board")
            for trouble in troubles:
                profile_run.say(f"{trouble}; measures nothing")
            work, profiles, known = plan(options, text, client, machines)
            if known:
                profile_run.say(f"{known} samples are there already")
            failed = profile_run.measure_all(client, work, options.wait)
            for profile in profiles:
                profile_run.say(f"{profile.path}: {len(profile.samples)} samples")
            return failed
        finally:
            with contextlib.suppress(ValueError):  # It may not have come to that.
                client.unregister_worker_plugin(NAME)


def main():
    """Profile."""
    options = read_arguments()
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise SystemExit("convopt.profile: needs Dask: pip install distributed") from None
    from convopt.profile_cluster import ClusterError
    from convopt.profile_files import ProfileError
    from convopt.profile_place import PlaceError

    try:
        failed = measure(options)
    except OSError as error:
        raise SystemExit(f"convopt.profile: {error.filename}: {error.strerror}") from None
    except (ClusterError, ProfileError, PlaceError, UnicodeDecodeError) as error:
        raise SystemExit(f"convopt.profile: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("convopt.profile: stopped; the same command goes on") from None
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
