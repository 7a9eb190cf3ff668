//! Every bound of the kernel in one place.
//! Knows nothing of who applies them.

use crate::json::JsonRules;

/// Longest line that the wire reads in either direction, in bytes.
pub const LINE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Deepest nesting of any message.
pub const JSON_DEPTH_MAX: usize = 64;
/// Largest arguments object of one call, in bytes.
pub const ARGUMENT_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of arguments.
pub const ARGUMENT_DEPTH_MAX: usize = 32;
/// Longest tool, server or argument name, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest SQL text, in bytes (flat chains overflow recursive visitors).
pub const SQL_BYTES_MAX: usize = 16 * 1024;
/// Most tokens of one SQL text.
pub const SQL_TOKENS_MAX: usize = 4_000;
/// Deepest nesting that the SQL parser follows.
pub const SQL_DEPTH_MAX: usize = 50;
/// Longest chain of operators in one SQL item; comparing two trees of 800 overflows 2 MiB in a debug build.
pub const SQL_CHAIN_MAX: usize = 400;
/// Deepest nesting of statements, or of joins with late conditions, in one SQL text.
pub const SQL_FRAME_DEPTH_MAX: usize = 12;
/// Most relations in one FROM (SQLite's own bound).
pub const SQL_RELATIONS_MAX: usize = 64;
/// Most columns of one result (SQLite's own default bound).
pub const SQL_COLUMNS_MAX: usize = 2_000;
/// Steps that resolving any SQL text may take, views and recursive queries included; a step is at most a
/// few comparisons of names.
pub const SQL_STEPS_BASE: usize = 50_000;
/// Further steps for each byte of the text.
pub const SQL_STEPS_PER_BYTE: usize = 10;
/// Deepest chain of views on views.
pub const SQL_VIEW_DEPTH_MAX: usize = 16;
/// Most rounds of a recursive query's fixpoint before every column counts as computed from all.
pub const SQL_ROUNDS_MAX: usize = 16;
/// Deepest nesting of SQL comments.
pub const SQL_COMMENT_DEPTH_MAX: usize = 8;
/// Longest object key or path, in bytes.
pub const PATH_BYTES_MAX: usize = 1_024;
/// Longest request id, in bytes.
pub const ID_BYTES_MAX: usize = 128;
/// Calls in flight on one connection: more than one downstream may have, so that one that hangs never takes all places.
pub const IN_FLIGHT_CALLS_MAX: usize = 96;
/// Calls that one downstream carries out or that wait for room there.
pub const SERVER_CALLS_MAX: usize = 64;
/// Calls that one downstream carries out at once, unless the configuration says otherwise.
pub const SERVER_CALLS: usize = 32;
/// Bytes of requests in flight on one connection: as many as the longest has. Each of them is held a few times
/// over while its call runs.
pub const IN_FLIGHT_BYTES_MAX: usize = LINE_BYTES_MAX;
/// Where agents are listened for over HTTP, on the loopback, unless the configuration says otherwise.
pub const HTTP_PORT: u16 = 8931;
/// Connections over HTTP at any time, of all principals together.
pub const HTTP_CONNECTIONS_MAX: usize = 256;
/// Sessions of one principal over HTTP; beyond, the one ends that was idle for longest.
pub const HTTP_SESSIONS_MAX: usize = 64;
/// Principals that may speak over HTTP.
pub const HTTP_PRINCIPALS_MAX: usize = 256;
/// Tokens of one of them.
pub const HTTP_TOKENS_MAX: usize = 16;
/// Bytes before the body of a request of an agent.
pub const HTTP_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Headers of one such request.
pub const HTTP_HEADERS_MAX: usize = 64;
/// How long such a head, or a TLS handshake, may take, in milliseconds.
pub const HTTP_HEAD_MS: u64 = 10_000;
/// How long a body may take, in milliseconds.
pub const HTTP_BODY_MS: u64 = 10_000;
/// How long a request waits until its principal has room for it, in milliseconds.
pub const HTTP_ADMIT_MS: u64 = 30_000;
/// Streams that one principal keeps open over HTTP, or one connection on a pipe, to hear that its tools have changed.
pub const STREAMS_MAX: usize = 32;
/// Such streams of all principals together: half of the connections are left for requests.
pub const HTTP_STREAMS_MAX: usize = HTTP_CONNECTIONS_MAX / 2;
/// After how long such a stream ends where nothing has changed, in milliseconds; a client may open it again.
pub const HTTP_STREAM_IDLE_MS: u64 = 10 * 60 * 1_000;
/// How long a client may leave what it is sent unread before its connection ends, in milliseconds.
pub const HTTP_STALL_MS: u64 = 30_000;
/// Shortest token, in bytes: 128 bits as hexadecimal.
pub const TOKEN_BYTES_MIN: usize = 32;
/// Longest token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 512;
/// Largest response that a downstream may give, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Smallest such bound that a configuration may set.
pub const RESPONSE_BYTES_MIN: usize = 1024;
/// Longest line of the log, in bytes (C2SP tlog-tiles entries are uint16-prefixed).
pub const RECORD_BYTES_MAX: usize = 65_535;
/// Longest value of a member whose bytes a reader of lines keeps, to know it again in the next line.
pub const RECORD_KNOWN_BYTES_MAX: usize = 1024;
/// Deepest nesting of encodings (base64 in hex in JSON in a string …) that egress unwraps.
pub const DECODE_DEPTH_MAX: usize = 6;
/// Bytes that unwrapping may produce whatever the size of the result.
pub const DECODE_BYTES_FREE: usize = 64 * 1024;
/// Bytes that unwrapping may produce for each byte of the result.
pub const DECODE_FACTOR_MAX: usize = 8;
/// Bytes that unwrapping one result may produce at most.
pub const DECODE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Tokens of one answer whose values are held beside it.
pub const PAIRS_MAX: usize = 16 * 1024;
/// Tokens whose values are held in memory, for all agents of one kernel.
pub const VAULT_TOKENS_MAX: usize = 64 * 1024;
/// Bytes of those tokens and values.
pub const VAULT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest value that is held for its token, in bytes.
pub const VAULT_VALUE_BYTES_MAX: usize = 4 * 1024;
/// Most tokens that one call exchanges for their values.
pub const RESTORATIONS_MAX: usize = 64;
/// Most values that one scope sends in place of tokens: each is looked for in every later answer.
pub const RESTORED_VALUES_MAX: usize = 256;
/// Different texts of one answer that an external analyser is asked about.
pub const ANALYSER_TEXTS_MAX: usize = 512;
/// Bytes of those texts.
pub const ANALYSER_BYTES_MAX: usize = 1024 * 1024;
/// Largest answer of an analyser about one text, in bytes.
pub const ANALYSER_ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Most findings of such an answer.
pub const ANALYSER_FINDINGS_MAX: usize = 4_096;
/// Connections to an analyser at any time, for all calls together.
pub const ANALYSER_CONNECTIONS_MAX: usize = 8;
/// Default time that an analyser has for all texts of one answer, in milliseconds.
pub const ANALYSER_TIMEOUT_MS: u64 = 5_000;
/// Longest time that a configuration may give it, in milliseconds.
pub const ANALYSER_TIMEOUT_MS_MAX: u64 = 120_000;
/// Most names of types that a configuration lists for an analyser.
pub const ANALYSER_TYPES_MAX: usize = 256;
/// Rules that one rule is held against when it is asked whether it changes anything.
pub const REDUNDANT_LOOKS_MAX: usize = 512;
/// Most paths that one argument lists.
pub const PATHS_MAX: usize = 64;
/// Objects within each other that an argument may be declared as.
pub const OBJECT_DEPTH_MAX: usize = 4;
/// Most fields that the rules of a policy drop or rename: each record of an answer that owes it names them.
pub const FIELDS_MAX: usize = 128;
/// Most detectors that one profile adds.
pub const OWN_DETECTORS_MAX: usize = 16;
/// Longest text that is captured of one call, in bytes: its arguments, and names that were read out of them.
pub const CAPTURE_TEXT_BYTES_MAX: usize = 4 * ARGUMENT_BYTES_MAX;
/// Longest line of a file of captures, in bytes: such a text in base64, with what stands before it.
pub const CAPTURE_LINE_BYTES_MAX: usize = 2 * CAPTURE_TEXT_BYTES_MAX;
/// Calls whose captures wait to be written together.
pub const CAPTURE_BATCH_MAX: usize = 64;
/// Longest name that a record quotes, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 128;
/// Calls whose intent is recorded and whose end is not: what a writer admits and a verifier remembers.
pub const OPEN_CALLS_MAX: usize = 1_024;
/// Earlier policies that a run is still judged by: one that has seen more of them has to begin anew.
pub const RUN_EPOCHS_MAX: usize = 15;
/// Policy epochs that intents may still refer to after newer ones were loaded.
pub const OPEN_EPOCHS_MAX: usize = 16;
/// Catalogues that decisions may still refer to after newer ones were read: more than calls can be in flight.
pub const OPEN_CATALOGS_MAX: usize = 2_048;
/// Bytes of one file of the log before the next one begins.
pub const SEGMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Tombstones whose authorising record was not read yet: what a verifier remembers.
pub const TOMBSTONES_PENDING_MAX: usize = 65_536;
/// Age of one file of the log, in seconds, at which the next one begins.
pub const SEGMENT_AGE_MAX_S: u64 = 24 * 60 * 60;
/// Bytes from which a file of the log is sealed when the kernel ends.
pub const SEGMENT_CLOSE_BYTES_MIN: u64 = 1024 * 1024;
/// How long a kernel whose log failed still answers, in milliseconds: with refusals alone.
pub const LOG_FAILED_GRACE_MS: u64 = 1_000;
/// Bytes kept back on the log's disk: a batch and the ends of all calls in flight fit many times.
pub const BALLAST_BYTES: u64 = 4 * 1024 * 1024;
/// Longest signed note, in bytes: a checkpoint with its signatures, a certificate.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Most hashes of one proof that a witness is sent (C2SP tlog-witness).
pub const CONSISTENCY_LINES_MAX: usize = 63;
/// Connections that a witness holds at once; beyond, it lets go of the newest.
pub const WITNESS_CONNECTIONS_MAX: usize = 32;
/// Requests on one connection of a witness.
pub const WITNESS_REQUESTS_MAX: usize = 100;
/// Seconds within which a witness, or one who asks it, must have sent a message.
pub const WITNESS_MESSAGE_S: u64 = 10;
/// Bytes before the body of a request.
pub const WITNESS_HEAD_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a request's body: a note, and a line for each hash of its proof.
pub const WITNESS_BODY_BYTES_MAX: usize = NOTE_BYTES_MAX + 4 * 1024;
/// Bytes of a witness' list of logs.
pub const WITNESS_LOGS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most signatures of one note (C2SP signed-note wants at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 64;
/// Longest name of a key, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 256;
/// The latest time that a cosignature may state, in seconds since 1970 (C2SP tlog-cosignature: 2^63-1).
pub const COSIGNATURE_TIME_MAX: u64 = (1 << 63) - 1;
/// Longest receipt of an anchor, in bytes: a time stamp with its chain of certificates.
pub const ANCHOR_RECEIPT_BYTES_MAX: usize = 64 * 1024;
/// Pauses before an anchor that failed is tried again, in milliseconds: each is twice the one before.
pub const ANCHOR_PAUSE_MS_MIN: u64 = 1_000;
/// The longest of them.
pub const ANCHOR_PAUSE_MS_MAX: u64 = 60_000;
/// How long an anchor may take for the last checkpoint of a log that is being closed, in milliseconds.
pub const ANCHOR_CLOSE_MS: u64 = 5_000;
/// Most hashes of one proof: a tree of 2^63 leaves needs no more.
pub const PROOF_HASHES_MAX: usize = 63;
/// Longest proof file, in bytes: a record, a disclosed value, certificates and a checkpoint, in base64.
pub const PROOF_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most values that one proof opens.
pub const PROOF_VALUES_MAX: usize = 64;
/// Longest text that an operator gives a record of upkeep: a reason, an approver, in bytes.
pub const REASON_BYTES_MAX: usize = 512;
/// Largest dataset that the kernel reads for validation, in bytes.
pub const DATASET_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest response to the kernel's own reading, in bytes: a dataset as JSON text.
pub const FETCH_BYTES_MAX: usize = 2 * DATASET_BYTES_MAX;
/// Most columns of a dataset.
pub const DATASET_COLUMNS_MAX: usize = 1_024;
/// Most cells of a dataset: a file of commas alone is small on disk and large in memory.
pub const DATASET_CELLS_MAX: usize = 4_000_000;
/// What the pages of a dataset may be unpacked to, and how long its texts may be in all, in bytes: a small file can hold one
/// long text a million times.
pub const DATASET_UNPACKED_BYTES_MAX: usize = 2 * DATASET_BYTES_MAX;
/// Most failing rows that one check names.
pub const FAILING_ROWS_SHOWN_MAX: usize = 20;
/// Time that calls in flight have to end once the agent has closed its side, in milliseconds. rmcp then
/// waits for up to five seconds more.
pub const DRAIN_MS: u64 = 5_000;
/// How long an answer is waited for once the agent has cancelled and the downstream was told, in milliseconds.
pub const CANCEL_GRACE_MS: u64 = 2_000;
/// Default time that a downstream has to answer, in milliseconds.
pub const CALL_TIMEOUT_MS: u64 = 30_000;
/// Longest time that a configuration may give a downstream to answer, in milliseconds.
pub const CALL_TIMEOUT_MS_MAX: u64 = 3_600_000;
/// How far the clock may step back (NTP corrects in small steps) before receipts stop counting, in milliseconds.
pub const CLOCK_TOLERANCE_MS: i64 = 5_000;
/// Most receipts of one subject that the state store keeps, spent ones included.
pub const RECEIPTS_PER_SUBJECT_MAX: usize = 64;
/// Receipts that one record of a decision quotes, the newest first.
pub const RECEIPTS_NOTED_MAX: usize = 16;
/// Most subjects whose latest write the state store remembers one by one.
pub const WRITTEN_SUBJECTS_MAX: usize = 4_096;
/// Most notes about data that the state store keeps: labels that went with values, tables that were there.
pub const NOTES_MAX: usize = 65_536;
/// Default lifetime of a receipt, in seconds.
pub const RECEIPT_TTL_S: u64 = 86_400;

/// Slots that a budget's window is divided into: what is charged counts for at most one slot longer.
pub const BUDGET_SLOTS: i64 = 32;
/// Longest window of a budget, in seconds: 366 days.
pub const BUDGET_WINDOW_S_MAX: u64 = 366 * 86_400;
/// Greatest amount of one budget: a thousand thousand million, so that nothing overflows.
pub const BUDGET_LIMIT_MAX: u64 = 1_000_000_000_000;
/// Greatest amount of a token bucket times its period in milliseconds: twice as much still fits the books.
pub const BUDGET_BOOKED_MAX: u64 = 1 << 61;
/// How much of the time before the machine was started counts for budgets where the wall clock alone tells of it, in
/// milliseconds.
pub const BUDGET_UNPROVEN_MS_MAX: i64 = 3_600_000;
/// Most different values that one budget counts: each is a row of the state store.
pub const BUDGET_VALUES_MAX: u64 = 4_096;
/// Longest period in which a token bucket is refilled, in seconds: 31 days.
pub const BUDGET_REFILL_S_MAX: u64 = 31 * 86_400;
/// Most slots of budgets that the state store keeps; a full book denies what would be charged.
pub const BUDGET_CHARGES_MAX: usize = 65_536;
/// Fewest people that a policy may call enough for a group.
pub const SMALL_GROUP_MIN: u64 = 3;
/// People of a group below which it is small, where the rule does not say.
pub const SMALL_GROUP_K: u64 = 11;
/// Most columns that name a group.
pub const SMALL_GROUP_COLUMNS_MAX: usize = 4;
/// Most different questions about the groups of one rule whose answers are held against each other.
pub const SMALL_GROUP_ANSWERS_MAX: usize = 64;
/// Most groups of one answer that are held against each other.
pub const SMALL_GROUP_ROWS_MAX: usize = 2_048;
/// Steps in which it must be clear what can be computed from them.
pub const SMALL_GROUP_WORK_MAX: usize = 50_000_000;
/// Fewest rows that a policy may demand behind a sum.
pub const MEASURE_ROWS_MIN: u64 = 3;

/// Longest text of a catalogue, in bytes: it was an answer of a downstream.
pub const CATALOG_BYTES_MAX: usize = 2 * RESPONSE_BYTES_MAX;
/// Largest file that an operator writes (manifest, policy, configuration), in bytes.
pub const CONFIG_BYTES_MAX: usize = 1024 * 1024;
/// Largest compiled form of one pattern in a manifest or policy, in bytes.
pub const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Most rules in shadow mode that a record names, the earliest phases first.
pub const SHADOWS_NOTED_MAX: usize = 64;
/// Deepest nesting of `when` in a rule.
pub const CONDITION_DEPTH_MAX: usize = 8;
/// Most questions of one `when`.
pub const CONDITION_PARTS_MAX: usize = 64;
/// Most small changes of a policy that its cases are held against.
pub const MUTANTS_MAX: usize = 50_000;
/// Most cases of a policy, each moment of a case counted.
pub const POLICY_CASES_MAX: usize = 10_000;
/// Classes of calls that one question about a policy looks at; beyond, it is not decided.
pub const PROVE_CLASSES_MAX: u64 = 2_000_000;
/// Different arguments of one tool that a question looks at; beyond, it is not decided.
pub const PROVE_CALLS_MAX: usize = 20_000;
/// States of the automaton that tells texts apart; beyond, the text is not known.
pub const PROVE_STATES_MAX: usize = 20_000;
/// Memory for these states, in bytes.
pub const PROVE_STATES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Classes of texts of one argument; beyond, the text is not known.
pub const PROVE_TEXTS_MAX: usize = 512;
/// Longest length that a rule may ask of a text or list so that it is told apart exactly.
pub const PROVE_LENGTH_MAX: u64 = 256;
/// Numbers up to here have neighbours that are told apart exactly.
pub const PROVE_NUMBER_MAX: f64 = 1e15;
/// Kinds of calls that one difference of two policies names.
pub const PROVE_SHOWN_MAX: usize = 8;
/// Most questions of one file.
pub const PROVE_QUESTIONS_MAX: usize = 256;
/// Shortest secret that can be told from ordinary text where it must not leave, in bytes.
pub const SECRET_BYTES_MIN: usize = 6;
/// Longest secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 64 * 1024;
/// Longest time that a program may take to print a secret, in milliseconds: somebody may have to touch a key.
pub const SECRET_COMMAND_MS: u64 = 30_000;
/// Longest that a configuration may give it, in milliseconds.
pub const SECRET_COMMAND_MS_MAX: u64 = 300_000;
/// Variables that a configuration may name for such programs.
pub const SECRET_COMMAND_VARIABLES_MAX: usize = 64;
/// Largest store of secrets, in bytes.
pub const STORE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Secrets in one store.
pub const STORE_SECRETS_MAX: usize = 1_024;
/// Shortest passphrase that a store is made with, in bytes; one that a program made should have 32.
pub const STORE_PASSPHRASE_BYTES_MIN: usize = 12;
/// Memory that a store's key costs whoever guesses passphrases, in KiB (RFC 9106 section 4, the second choice).
pub const STORE_KDF_MEMORY_KIB: u32 = 64 * 1024;
/// Passes over it.
pub const STORE_KDF_PASSES: u32 = 3;
/// The least memory that a store may ask for, in KiB: less was not written by us.
pub const STORE_KDF_MEMORY_KIB_MIN: u32 = 8 * 1024;
/// The most: a store that somebody else wrote must not eat the machine.
pub const STORE_KDF_MEMORY_KIB_MAX: u32 = 256 * 1024;
/// The most passes.
pub const STORE_KDF_PASSES_MAX: u32 = 16;
/// Longest time that a downstream has to start and to introduce itself, in milliseconds: more than
/// the ten seconds after which an old server that ignores `server/discover` is asked to `initialize`.
pub const INITIALISE_MS_MAX: u64 = 20_000;
/// Longest time that a server has to introduce itself for a draft, in milliseconds: it may have to be fetched first.
pub const PROBE_MS_MAX: u64 = 120_000;
/// Time that a child has to end by itself once its input is closed, and again once it is told to, in
/// milliseconds.
pub const CHILD_GRACE_MS: u64 = 500;
/// Most paths, and most ports, of each sort that a sandbox lets a downstream reach.
pub const REACH_MAX: usize = 64;
/// How much of the end of a child's standard error is kept, in bytes.
pub const STDERR_BYTES_MAX: usize = 16 * 1024;
/// Bytes that a child may write there before its next ones have to wait …
pub const STDERR_BURST_BYTES: usize = 1024 * 1024;
/// … for so long, in milliseconds.
pub const STDERR_PAUSE_MS: u64 = 50;
/// How often the files of a policy are looked at for changes, in milliseconds.
pub const WATCH_MS: u64 = 1_000;
/// How seldom a configuration may have them looked at, in milliseconds: an hour.
pub const WATCH_MS_MAX: u64 = 3_600_000;
/// Longest time from one call of a queue to the next, in milliseconds, and longest that chance adds: an hour.
pub const QUEUE_DELAY_MS_MAX: u64 = 3_600_000;
/// Most calls that wait in one queue: fewer than calls can be in flight.
pub const QUEUE_PENDING_MAX: u64 = 512;
/// Requests to one downstream over HTTP that are at work at once; beyond, they wait.
pub const SOUTH_CONNECTIONS_MAX: usize = 64;
/// How long it may take to reach a server, its certificate included, in milliseconds.
pub const CONNECT_MS: u64 = 5_000;
/// How long it may take a server to accept what it is merely told, in milliseconds.
pub const NOTIFY_MS: u64 = 5_000;
/// Longest id of a session that a server may give, in bytes.
pub const SESSION_ID_BYTES_MAX: usize = 1_024;
/// Bytes of one stream of events that say nothing: comments, ids, events of other kinds. Also the longest body
/// beside a status that is no success.
pub const SSE_NOISE_BYTES_MAX: usize = 1024 * 1024;
/// For how long the list of tools counts of a server that cannot say that it has changed, in milliseconds.
pub const TOOLS_FRESH_MS: u64 = 60_000;
/// Lines that wait for a child to read them.
pub const SOUTH_QUEUE_MAX: usize = 64;
/// Notifications that a child may send before its next line has to wait.
pub const NOTIFICATIONS_BURST: u32 = 1_000;
/// How long the next line waits then, in milliseconds.
pub const NOTIFICATIONS_PAUSE_MS: u64 = 200;
/// Longest number that is taken for progress, in bytes.
pub const PROGRESS_NUMBER_BYTES_MAX: usize = 32;
/// Longest message beside it, in bytes; a longer one is left out.
pub const PROGRESS_MESSAGE_BYTES_MAX: usize = 1_024;
/// Notifications of progress that one call passes on at once …
pub const PROGRESS_BURST: u64 = 64;
/// … then one in so many milliseconds …
pub const PROGRESS_PAUSE_MS: u64 = 50;
/// … and so many at most.
pub const PROGRESS_COUNT_MAX: u64 = 4_096;
/// Notifications of one call that wait to be passed on, on either side.
pub const PROGRESS_QUEUE_MAX: usize = 64;
/// Questions that a downstream may ask in one round of a call.
pub const ROUND_QUESTIONS_MAX: usize = 8;
/// Fields of one question.
pub const ROUND_FIELDS_MAX: usize = 32;
/// Longest text of a question, in bytes.
pub const ROUND_MESSAGE_BYTES_MAX: usize = 4 * 1024;
/// Longest state that a downstream may have kept for it between two rounds, in bytes.
pub const ROUND_STATE_BYTES_MAX: usize = 64 * 1024;
/// Rounds of one call.
pub const ROUNDS_MAX: u32 = 8;
/// How long an answer to a question is waited for, in milliseconds.
pub const ROUND_TTL_MS: u64 = 600_000;
/// Calls of one principal whose questions wait for their answers; beyond, the oldest goes.
pub const ROUNDS_OPEN_MAX: usize = 64;
/// Answers to nothing that was asked before a child is given up.
pub const STRAY_ANSWERS_MAX: u32 = 3;
/// Calls in a row that a child leaves unanswered before it is given up.
pub const TIMEOUTS_IN_A_ROW_MAX: u32 = 3;
/// Calls given up whose late answer is still expected, so that it is no stray.
pub const ABANDONED_CALLS_MAX: usize = 256;
/// Pages of one downstream's `tools/list`.
pub const TOOL_PAGES_MAX: usize = 32;
/// What all definitions of one downstream's tools may hold, in bytes.
pub const DEFINITIONS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a listing waits for downstreams that have announced other tools, in milliseconds.
pub const LOOK_MS_MAX: u64 = 2_000;
/// Places of one output schema: schemas within it.
pub const SCHEMA_PLACES_MAX: usize = 4_096;
/// Schemas within each other.
pub const SCHEMA_DEPTH_MAX: usize = 64;
/// Places that lead to each other while one value is judged, references included.
pub const SCHEMA_NESTING_MAX: usize = 256;
/// Steps that judging one value by a schema may take.
pub const SCHEMA_STEPS_MAX: usize = 4_000_000;
/// Tools of one downstream.
pub const TOOLS_MAX: usize = 1_024;
/// Lives of a child in a row that answer nothing before its circuit opens: then it is left alone for a time.
pub const CIRCUIT_FAILURES: u32 = 2;
/// First such time, in milliseconds; it doubles.
pub const RESTART_PAUSE_MS_MIN: u64 = 100;
/// Longest such time, in milliseconds.
pub const RESTART_PAUSE_MS_MAX: u64 = 30_000;
/// How arguments and protocol messages are read.
pub const MESSAGE_RULES: JsonRules = JsonRules {
    bytes_max: LINE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    case_variants: false,
    nul: false,
};

/// How a downstream's answer is read: its data may hold keys that differ in case alone.
pub const RESPONSE_RULES: JsonRules = JsonRules {
    bytes_max: RESPONSE_BYTES_MAX,
    depth_max: JSON_DEPTH_MAX,
    case_variants: true,
    nul: true,
};

/// How one line of many values is read: the list that they make is one level more.
pub const LINE_RULES: JsonRules = JsonRules {
    depth_max: JSON_DEPTH_MAX - 1,
    ..RESPONSE_RULES
};
