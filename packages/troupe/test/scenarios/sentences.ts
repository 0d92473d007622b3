/**
 * What must hold on one node, sentence by sentence: the names of the scenario tests.
 *
 * The words are those of the design, so that a reader finds the test of each sentence and the
 * sentence of each test. Supervision is one long sentence there and has a line for each part.
 */
export const SENTENCES = Object.freeze({
  oneAtATime: 'An actor handles one message at a time.',
  suspends:
    'An async handler suspends only its own actor; nothing else of that actor runs until ' +
    'it settles (re-entrancy is an explicit option).',
  queues:
    'Four queues, urgent > system > main > log, FIFO within each; a fairness budget keeps ' +
    'main alive under a flood.',
  signals:
    "A down notice or a trapped exit queues behind that sender's earlier messages (a " +
    'process that replies and ends is heard in that order); only an untrapped exit and ' +
    'kill overtake.',
  scheduler:
    'The scheduler is fair and leaves the event loop alive: under full load a timer is ' +
    'late by < 5 ms at p99.',
  send:
    '`send` never blocks and never throws for a dead remote; a local failure is returned ' +
    'at once as a value.',
  account:
    'Nothing is lost silently: every drop (full mailbox, dead target, broken link, ' +
    'refused schema, pool saturated) is counted by cause at the place it happens and ' +
    'published as a dead letter; totals close.',
  died:
    'What died with a process or node is derived from hop counters (sent - acknowledged) ' +
    'and named so.',
  bounded:
    'Mailboxes can be bounded: policy `fail`, `drop-newest`, `drop-oldest`, ' +
    '`latest-by-key`, `block` (remote: credit).',
  callRejects:
    '`call` rejects at once with the reason when the callee ends, throws, or its node is ' +
    'lost; otherwise after its timeout (5000 ms).',
  callThrows:
    'A throw in a request handler rejects the caller and ends the callee (OTP); expected ' +
    'failures use `.fails`.',
  answers: '`undefined` and `null` are answers.',
  deferred:
    'Deferred and delegated replies, `AbortSignal`, deadlines that travel with nested ' + 'calls.',
  important:
    'Important delivery: the peer confirms the enqueue; exactly the outcomes of the ' +
    'reference.',
  order:
    'FIFO per (sender, receiver, priority) always, also across reconnects; never ' +
    're-ordered by load.',
  timers: 'Timers end with their owner.',
  throws: 'A throw ends only that process, with a reason that is a value.',
  exits:
    "Exit signals, trapping, `kill`, and the parent's untrappable exit as in the " + 'reference.',
  watchers: 'Watchers are told exactly once, after `terminate` ran or its deadline passed.',
  kill:
    'A handler cannot be stopped from outside in JavaScript: kill tells watchers at once, ' +
    "revokes the process's context (its later sends become dead letters) and counts it as " +
    'a zombie until its promise settles.',
  rejections:
    "A handler's own rejection and our timers belong to their process; a floating promise " +
    'is counted for the node (attributed in development mode).',
  spawnOptions: 'Spawn options `link` and `monitor` set up the relation atomically.',
  links:
    'A link between processes is bidirectional as in OTP; to a name, alias, event or node ' +
    'it is one-way.',
  monitors: 'Monitors are one-way and one-shot, on all five, local and remote.',
  supervisorTypes: 'Supervisor: four types',
  supervisorModes: 'Supervisor: three restart modes',
  supervisorWindow: 'Supervisor: intensity window',
  supervisorSignificant: 'Supervisor: significant children and auto-shutdown',
  supervisorBackoff: 'Supervisor: back-off with jitter',
  supervisorShutdown: 'Supervisor: per-child shutdown time then kill',
  supervisorDynamic: 'Supervisor: dynamic children that return their pid',
  supervisorStop: 'Supervisor: ordered stop',
})
