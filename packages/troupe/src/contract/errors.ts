/**
 * contract/errors: the one error class of Troupe and its table of codes.
 *
 * A program matches on `code`, never on the text; the code is what crosses the wire. Every
 * message says what happened, to what, and what to do. docs/reference/errors.md holds one
 * heading for each code, and a test compares the two.
 */

const ERRORS = {
  ALIAS_NOT_OWNED: 'the alias {alias} belongs to {owner}; only its owner may delete it',
  ALIAS_UNKNOWN: 'there is no alias {alias}; it was deleted or its owner has ended',
  APPLICATION_BUSY: 'the application {name} is {state}; wait until that is over and try again',
  APPLICATION_DEPENDENCY:
    'the application {name} needs {dependency}, which {problem}; load it, or mend what it reports',
  APPLICATION_RUNNING: 'the application {name} is already running; stop it first',
  APPLICATION_START_FAILED:
    'the application {name} did not start: {problem}; its members have been stopped again',
  APPLICATION_STOP_TIMEOUT:
    'the application {name} did not stop within {timeoutMs} ms; it goes on stopping meanwhile',
  APPLICATION_UNKNOWN: 'no application {name} is loaded here; call loadApplication first',
  BALLOT_INVALID: 'the ballot {path} cannot be used: {problem}; see the guide before you remove it',
  CALL_ABORTED: 'the call of {request} to {to} was aborted by its signal',
  CALL_SELF: '{to} called itself and would wait for ever; use a function or send instead',
  CALL_TIMEOUT: 'no reply from {to} to {request} within {timeoutMs} ms; it may still be working',
  CALLEE_ENDED: '{to} ended before it answered {request}; the reason was {reason}',
  CERTIFICATE_INVALID:
    'the certificate cannot be used: {problem}; give a PEM certificate and its PEM key',
  CHILD_DISABLED: 'the child {name} is disabled; enable it instead of starting it',
  CHILD_RUNNING: 'the child {name} is already running; stop it first',
  CHILD_START_FAILED:
    'the supervisor {supervisor} gave up on its child {child}, which did not start: {problem}',
  CHILD_TAKEN: 'the supervisor already has a child {name}; choose another name or delete it',
  CHILD_UNKNOWN: 'the supervisor has no child {name}; see its children()',
  CHUNK_REFUSED: 'a chunk of {length} bytes cannot be sent: {problem}',
  CODEC_INVALID:
    'bytes of another node cannot be read: {problem} at byte {offset}; the connection is closed',
  CODEC_REFUSED:
    'a message was refused: the codec {codec} {problem}; register the same codec on both nodes',
  CONFIG_FIXED: 'the configuration cannot be written here: {problem}',
  CONFIG_INVALID: 'the configuration item {item} cannot be read: {problem}; the old value goes on',
  CONFIG_UNKNOWN: 'there is no configuration item {item}; set it, or give a default',
  CONFIRM_TIMEOUT:
    'the node of {to} did not say within {timeoutMs} ms that it queued {message}; it may have',
  CONNECTION_FULL:
    'over {limit} bytes wait for {node}; send less, wait with sendWhenRoom, or raise the limit',
  COOKIE_FILE_REFUSED: 'the cookie file {path} cannot be used: {problem}',
  COOKIE_MISMATCH: 'the cookie of {node} is not ours: {problem}; give both nodes the same cookie',
  CRON_JOB_UNKNOWN: 'there is no cron job {name}; see cron.jobs()',
  CRON_SPEC_INVALID: 'the cron expression {spec} of {name} cannot be read: {problem}',
  DIAL_TIMEOUT:
    'nobody answered at {transport} {address} within {timeoutMs} ms; check host and port',
  ETCD_CLOSED: 'the connection with etcd at {endpoints} was closed; make another one',
  ETCD_NOT_STARTED: 'no etcd was started: {problem}',
  ETCD_REFUSED: 'etcd at {endpoint} refused {operation}: {problem}',
  ETCD_REWOUND:
    'etcd at {endpoints} went back from revision {before} to {after}: an old state was restored',
  ETCD_TIMEOUT:
    'etcd at {endpoint} did not answer {operation} within {timeoutMs} ms; it may have happened',
  ETCD_UNREACHABLE:
    'no etcd could be reached at {endpoints}: {problem}; check endpoints, TLS and that it runs',
  EVENT_NOT_OWNED: 'the event {event} needs its token; publish with what registerEvent returned',
  EVENT_UNKNOWN: 'there is no event {event} on {node}; its owner has ended or never registered it',
  FRAME_INVALID: 'what came over the line is no frame of Troupe: {problem}; the line was closed',
  HANDLER_FAILED: '{to} failed while it handled {request}: {problem}',
  HANDLER_MISSING:
    'the actor {actor} has no handler for {message}, which its protocol {protocol} names; add it',
  HANDLER_RESERVED:
    'the protocol {protocol} names a message {message}, a word kept for the lifecycle; rename it',
  HANDSHAKE_INVALID: 'the handshake with {node} broke off: {problem}',
  HANDSHAKE_TIMEOUT:
    'the handshake with {node} took longer than {timeoutMs} ms: {problem}; it may be dialled again',
  INIT_FAILED: 'the process {process} did not start: {problem}',
  INIT_TIMEOUT: 'init of {process} did not finish within {timeoutMs} ms; the process was removed',
  INSPECTION_LIMITED:
    '{node} answers no more questions of {asker} now: {problem}; ask again in {retryMs} ms',
  LEADERSHIP_LOST:
    'the lead of {clusterId} was lost before a majority had it; it may come into force or not',
  LOCK_UNSETTLED:
    'whether {key} is still held cannot be told yet; ask again, it will be known in {waitMs} ms',
  LOGGER_TAKEN: 'a log sink named {name} is already there; remove it first',
  LOGGER_UNKNOWN: 'there is no log sink named {name}',
  MAILBOX_FULL:
    'the mailbox of {to} is full ({limit} messages); use sendWhenRoom or a higher limit',
  MESSAGE_DISCARDED: '{to} discarded the request {request} on purpose',
  MESSAGE_INVALID: 'the payload of {message} was refused by its schema: {problem}',
  MESSAGE_UNKNOWN: '{to} does not know {message}; its protocol names: {known}',
  NAME_INVALID: '{name} cannot be a name: {problem}',
  NAME_TAKEN: 'the name {name} is held by {holder}; choose another or unregister it first',
  NAME_UNKNOWN: 'nobody is registered as {name} on {node}',
  NO_CONNECTION: 'the connection to {node} is lost; what was on its way may not have arrived',
  NO_ROUTE:
    'there is no way to {node}; check its name, its address in network.peers, or what runs where',
  NODE_INCARNATION_OLD:
    'the node {node} has a later life: {problem}; stop the older of the two programs',
  NODE_NAME_INVALID: 'the node name {name} is not of the form name@host',
  NODE_NAME_MISMATCH:
    'there lives {node}, not {wanted}: {problem}; correct the name or the address that was dialled',
  NODE_NAME_TAKEN:
    'the node name {node} is in use: {problem}; give one of the two nodes another name',
  NODE_SELF: 'the node {node} met its own name: {problem}; take that address away or rename one',
  NODE_SIMULTANEOUS: 'the other line with {node} is kept: {problem}; nothing has to be done',
  NODE_STOPPED: 'the node {node} has stopped; start it again before you use it',
  NODE_STOP_TIMEOUT: 'the node {node} did not stop within {timeoutMs} ms; {left} were killed',
  NOT_ALLOWED: '{operation} is not allowed here: {problem}',
  NOT_LEADER: 'this process does not lead {clusterId}; the leader is {leader}',
  OPTION_INVALID: 'the option {option} is {value}: {problem}',
  PAYLOAD_TOO_LARGE:
    'a message of {bytes} bytes is above the limit of {limit} that {node} takes; send it in parts',
  PAYLOAD_UNSUPPORTED: 'what was sent to {to} cannot leave this node: {problem}',
  POOL_EMPTY: 'the pool {pool} would have no workers left; remove fewer',
  POOL_SATURATED: 'all {workers} workers of the pool {to} are full; send less or grow the pool',
  PORT_IN_USE: 'the {transport} port {address} is in use; stop its holder or choose another port',
  PORT_FAILED: 'the {transport} port {address} failed: {problem}',
  PROCESS_INCARNATION: '{to} belongs to an earlier life of its node; look the process up again',
  PROCESS_REVOKED: '{process} was killed; what its old handler still does is void',
  PROCESS_UNKNOWN: 'there is no process {to}; it has ended or never was',
  PROGRAM_FAILED: 'the program {command} could not be started: {problem}',
  PROGRAM_NOT_FOUND: 'the program {command} was not found; install it, or give its whole path',
  PROTOCOL_INVALID: 'the protocol {protocol} cannot be: {problem}',
  REGISTRAR_FAILED: 'the registrar {registrar} cannot be used: {problem}',
  ROUTE_BUSY: 'the worker of the route {name} is being started; try again when it runs',
  ROUTE_DISABLED: 'the route {name} is disabled; enable it first',
  ROUTE_TAKEN: 'there already is a route {name}; remove it first',
  ROUTE_UNKNOWN: 'there is no route {name}; add it first',
  SERVICE_UNAVAILABLE:
    'no node of {service} can be asked at the moment: {problem}; try again a little later',
  SPAWN_UNKNOWN:
    '{node} lets nobody spawn {factory}; call remote.allowSpawn there, or correct the name',
  STRATEGY_ACTIVE: 'the supervisor is restarting its children; try again when it is done',
  SUPERVISOR_SPEC_INVALID: 'the supervisor {name} cannot be: {problem}',
  TERM_STALE:
    'a leader of term {term} came too late: one of term {highest} was here; it must not write',
  VOTERS_CHANGING:
    'the voters of {clusterId} are being changed; wait until that is done and try again',
  VOTERS_UNREACHED:
    'no majority of the voters {clusterId} would have is heard; start and join them first',
  WIRE_VERSION:
    'no version of the wire is common with {node}: {problem}; upgrade the older of the two',
  WRITE_REFUSED:
    '{connection} cannot send {length} bytes: {problem}; wait for the answers of earlier writes',
} as const

/** What to match a `TroupeError` on; docs/reference/errors.md explains each. */
export type ErrorCode = keyof typeof ERRORS

type Holes<T extends string> = T extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | Holes<Rest>
  : never

/** The values that fill the message of a code, by name. */
export type ErrorDetail<C extends ErrorCode> = Readonly<
  Record<Holes<(typeof ERRORS)[C]>, string | number>
>

/**
 * Every failure that Troupe reports, with a `code` to match on and a `detail` by name.
 *
 * @example
 * try { await node.call(pid, 'value') }
 * catch (error) { if (TroupeError.is(error, 'CALL_TIMEOUT')) retry() }
 */
export class TroupeError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TroupeError'
  readonly code: C
  readonly detail: ErrorDetail<C>

  constructor(code: C, detail: ErrorDetail<C>, cause?: unknown) {
    const values: Readonly<Record<string, string | number>> = detail
    const text = ERRORS[code].replace(/\{(\w+)\}/g, (_, hole: string) => printed(values[hole]))
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.detail = detail
  }

  /** True for an error of this class, with this code when one is given. */
  static is<K extends ErrorCode>(value: unknown, code?: K): value is TroupeError<K> {
    try {
      return value instanceof TroupeError && (code === undefined || value.code === code)
    } catch {
      // A proxy may refuse to tell its prototype; then it is no error of ours.
      return false
    }
  }

  /** All codes, sorted: what the reference page is tested against. */
  static readonly codes: readonly ErrorCode[] = Object.freeze(
    (Object.keys(ERRORS) as ErrorCode[]).sort(),
  )
}

/** Any value as text, whatever it does to whoever wants to print it. */
export function printed(value: unknown): string {
  try {
    return String(value)
  } catch {
    // Without a prototype, or with a hostile toString: there is no text to be had.
    return `a value of type ${typeof value}`
  }
}

/** Characters of a thrown value that are told; one may hold all there is in memory. */
const TOLD_LENGTH_MAX = 2_000

/** One line that tells any thrown value, cut to its length, also one that refuses to be told. */
export function describeThrown(thrown: unknown): string {
  const told = wholeOf(thrown)
  return told.length > TOLD_LENGTH_MAX ? `${told.slice(0, TOLD_LENGTH_MAX)}…` : told
}

function wholeOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    // A coded error says in its message what happened; its class name would only be in the way.
    if (TroupeError.is(thrown)) return thrown.message
    if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    // A cycle, a hostile getter or a revoked proxy must not hide the failure, nor end the node.
    return printed(thrown)
  }
}
