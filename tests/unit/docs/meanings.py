"""What each setting is for. Names and defaults come from the code; the test asks that none is missing here."""

OPTIONS = {
    "database_url": "`postgresql://user:password@machine:5432/base`. Unset: an embedded PostgreSQL in the data folder",
    "data": "data folder: the embedded PostgreSQL and the encryption key",
    "public_url": "the address at which Sellsy (and, later, browsers) reach the service. Unset: no webhook is made, "
    "sweeps and scans find the changes",
    "key": "32 bytes in base64; encrypts the secrets at rest. Several, separated by commas: the first encrypts, all "
    "decrypt. Unset with the embedded database: the file `key` of the data folder, made when missing",
    "hosts": "more host names to answer to, separated by commas",
    "log_format": "how services log",
    "log_level": "from which level on services log",
    "timing": 'a JSON object that replaces some of the waits below: `{"scan_every": 1800}`',
}
VALUES = {"log_format": "`console`, `json`", "log_level": "`DEBUG`, `INFO`, `WARNING`, `ERROR`"}
SECRET = frozenset({"database_url", "key"})

TIMING = {
    "call_deadline": "s | hard deadline of one remote call: after it an unanswered write has happened or never will",
    "read_to_write": "s | a Sellsy record is read at most this long before it is written: Sellsy has no If-Match",
    "stale_after_write": "s | for this long after our write, a side that shows exactly the value we replaced is stale, "
    "not reverted",
    "echo_delay": "s | a system's own signal about a record that we wrote this recently is looked at later, by page",
    "lease": "s | how long an environment is its drainer's without renewal; then another one may take over",
    "command_lease": "s | the same for a command that approves or takes back an initialisation; renewed page by page",
    "slice": "s | how long a drain works before it lets others pass",
    "create_recovery": "s | a create in Sellsy without an answer counts as not made only this long after its deadline",
    "create_recovery_gap": "s | and only when it was looked for twice, this far apart",
    "gone_gap": "s | deleted = two 404 at least this far apart",
    "backoff_first": "s | wait after a first fault; it doubles with each attempt",
    "backoff_most": "s | longest wait between two attempts",
    "fault_card_after": "s | a fault that lasts this long becomes a card; it goes on being retried",
    "oscillation_window": "s | time over which the rounds below are counted",
    "oscillation_rounds": "rounds | a field written to both sides in turn so many times rests on a card",
    "breaker_window": "s | rewriting more than 50 records, and 5 %, of a kind within this stops the environment",
    "tick": "s | how often due work is looked for",
    "feed_poll": "s | long poll of Altior's change feed",
    "sweep_every": "s | sweep of Sellsy by modification time",
    "sweep_overlap": "s | how far a sweep's window reaches back before the start of the previous one",
    "plan_valid": "s | a plan of the first synchronisation older than this is to be shown again before it is approved",
    "index_fresh": "s | first synchronisation: a match key is looked up in what was read, for this long",
    "newest_fresh": "s | the highest id in Sellsy, kept with each create, is asked for again after this long",
    "scan_every": "s | a turn of the rolling scan through everything begins this long after the last",
    "turn_again": "s | a sweep, a page of the scan or a check that failed is tried again after this long",
    "person_quota": "s | a command waits this long at most for Sellsy's quota, for one call",
    "person_outage": "s | a command repeats a reading that fails, and gives up when nothing was answered for this long",
    "steps_fresh": "s | an opportunity that is looked at, and may fire an event, is planned by steps read at most this "
    "long before",
    "steps_scanned": "s | where no opportunity moves, the steps of the pipelines are read again this often",
    "deal_followed": "s | how long an opportunity that was won, lost or closed is still looked for in Sellsy: 90 days",
    "bulk_reserve": "share | of the Sellsy quota that bulk work leaves to live changes",
}

ELSEWHERE = {
    "ALTIOR_SELLSY_DEBUG": "`1`: an unexpected failure shows its traceback instead of naming its log, and commands log",
    "ALTIOR_SELLSY_CI": "`1`, for the tests: a skipped test is a failure",
    "ALTIOR_TOKEN": "the token for `python -m altior_sellsy.altior.conformance`, so that it is in no command line",
}
"""Read directly, not by `options.Options`."""
