"""Every metric that there is; alert rules and dashboards are checked against this list."""

from permq.metrics.exposition import Metric

UP = Metric("permq_up", "gauge", "Whether Postgres answered; without it there is nothing else.")
BUILD = Metric("permq_build_info", "gauge", "Version of the exporter; always 1.", ("version",))
READING = Metric(
    "permq_reading_seconds", "gauge", "How long Postgres took to answer for these values."
)

JOBS = Metric("permq_jobs", "gauge", "Jobs by state and kind.", ("state", "kind"))
BACKLOG = Metric("permq_backlog_jobs", "gauge", "Jobs that are ready for a node.", ("work_class",))
BACKLOG_AGE = Metric(
    "permq_backlog_age_seconds",
    "gauge",
    "How long the oldest ready job has waited for a node; 0 where none waits.",
    ("work_class",),
)

SLICES = Metric("permq_slices_total", "counter", "Slices that were finished.", ("node",))
STEPS = Metric("permq_steps_total", "counter", "Steps of finished slices.", ("node",))
SLICE_RATE = Metric(
    "permq_slices_per_second", "gauge", "Slices finished in the last minute, by second.", ("node",)
)
STEP_RATE = Metric(
    "permq_steps_per_second", "gauge", "Steps per second of the slices that run now.", ("node",)
)

_PUZZLE = ("puzzle", "fingerprint")
BEST_COST = Metric(
    "permq_pool_best_cost", "gauge", "Cost of the pool's best solution over all rows.", _PUZZLE
)
IMPROVEMENT_AGE = Metric(
    "permq_pool_improvement_age_seconds",
    "gauge",
    "Since the pool's best solution was found.",
    _PUZZLE,
)
SOLVED = Metric("permq_puzzle_solved", "gauge", "Whether the puzzle is solved.", _PUZZLE)
SOLVED_AGE = Metric(
    "permq_puzzle_solved_age_seconds", "gauge", "Since the puzzle was solved.", _PUZZLE
)
UNFINISHED = Metric(
    "permq_puzzle_unfinished_jobs", "gauge", "Jobs of the puzzle that have not ended.", _PUZZLE
)
SOLUTIONS = Metric(
    "permq_pool_solutions",
    "gauge",
    "Solutions of all puzzles; above 10,000 as Postgres estimates it.",
)

NODES = Metric("permq_nodes", "gauge", "Nodes by state.", ("state",))
NODE_INFO = Metric(
    "permq_node_info",
    "gauge",
    "What a node is; always 1.",
    ("node", "chipset", "arch", "version"),
)
NODE_STATE = Metric(
    "permq_node_state", "gauge", "1 for the state that the node is in.", ("node", "state")
)
HEARTBEAT_AGE = Metric(
    "permq_node_heartbeat_age_seconds", "gauge", "Since the node was heard of.", ("node",)
)
SLOTS = Metric("permq_node_slots", "gauge", "Jobs that the node works on at once.", ("node",))
RUNNING = Metric("permq_node_running_jobs", "gauge", "Jobs that run on the node.", ("node",))
SPEED = Metric(
    "permq_node_speed_steps_per_second",
    "gauge",
    "Annealing steps per second of one slot, measured when the node started.",
    ("node",),
)

DEAD_LETTERS = Metric(
    "permq_dead_letters_total", "counter", "Messages that no job stands behind, refused."
)
INCOMING = Metric(
    "permq_incoming_pending", "gauge", "Solutions inserted by scripts, not yet verified."
)

CATALOGUE = (
    *(UP, BUILD, READING, JOBS, BACKLOG, BACKLOG_AGE, SLICES, STEPS, SLICE_RATE, STEP_RATE),
    *(BEST_COST, IMPROVEMENT_AGE, SOLVED, SOLVED_AGE, UNFINISHED, SOLUTIONS),
    *(NODES, NODE_INFO, NODE_STATE, HEARTBEAT_AGE, SLOTS, RUNNING, SPEED),
    *(DEAD_LETTERS, INCOMING),
)
