/**
 * Faults in who is answered whether a node lives, and in what is made of silence.
 */
import type { Mutant } from './mutant.js'

const ANSWERER = ['unit/network/liveness/answerer.test']
const SUSPICION = ['unit/network/liveness/suspicion.test']
const PROBER = ['unit/network/liveness/prober.test']
const SERVER = ['unit/network/liveness/liveness-server.test']
const PROCESSES = ['processes/liveness.test']
const VIGIL = ['unit/network/peer/vigil.test']
const AFTER_MENDING = ['regression/issue-4-watched-after-mending.test']

export const LIVENESS_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a probe is answered without its proof',
    file: 'network/liveness/answerer',
    find: 'if (!isProvenFrame(key, datagram))',
    replace: 'if (datagram.length === 0)',
    caughtBy: ANSWERER,
  },
  {
    name: 'a probe for another node is answered',
    file: 'network/liveness/answerer',
    find: 'if (probe.name !== name)',
    replace: "if (probe.name === '')",
    caughtBy: ANSWERER,
  },
  {
    name: 'an answer is given however often it is asked for',
    file: 'network/liveness/answerer',
    find: 'this.#credit -= 1;',
    replace: '',
    caughtBy: ANSWERER,
  },
  {
    name: 'an answer counts for any probe',
    file: 'network/liveness/prober',
    find: 'const watch = this.#open.get(id);',
    replace: 'const [watch] = this.#watches;',
    caughtBy: PROBER,
  },
  {
    name: 'an answer counts without its proof',
    file: 'network/liveness/prober',
    find: 'isProvenFrame(watch.node.key ?? this.#settings.key, bytes)',
    replace: 'true',
    caughtBy: PROBER,
  },
  {
    name: 'the answer of another life counts',
    file: 'network/liveness/suspicion',
    find: "if (creation !== this.#creation) return this.#down('restarted');",
    replace: '',
    caughtBy: SUSPICION,
  },
  {
    name: 'a node is down without having been asked',
    file: 'network/liveness/suspicion',
    find: 'if (this.#probes < probesMax)',
    replace: 'if (this.#probes < 0)',
    caughtBy: SUSPICION,
  },
  {
    name: 'our own delay counts as the silence of others',
    file: 'network/liveness/suspicion',
    find: 'if (this.#forgives(nowMs)) return NOTHING;',
    replace: '',
    caughtBy: SUSPICION,
  },
  {
    name: 'our own delay is forgiven for ever',
    file: 'network/liveness/suspicion',
    find: 'if (this.#isForgiven || nowMs - this.#dueMs <= probeIntervalMs)',
    replace: 'if (nowMs - this.#dueMs <= probeIntervalMs)',
    caughtBy: SUSPICION,
  },
  {
    name: 'a node is down because its answers never come through',
    file: 'network/liveness/suspicion',
    find: 'return isLong || this.#isLost',
    replace: 'return nowMs > 0',
    caughtBy: SUSPICION,
  },
  {
    name: 'a node that answers once is never asked again',
    file: 'network/liveness/suspicion',
    find: `this.#state = 'busy';
      this.#isForgiven = false;
      this.#dueMs = nowMs + this.#limits.silenceMs;`,
    replace: `this.#state = 'busy';
      this.#isForgiven = false;
      this.#dueMs = Infinity;`,
    caughtBy: SUSPICION,
  },
  {
    name: 'the thread answers without the delay of the loop',
    file: 'network/liveness/liveness-thread',
    find: 'beat.loopDelayMs(nowMs)',
    replace: '0',
    caughtBy: PROCESSES,
    tests: 'blocked for 3 seconds',
  },
  {
    name: 'a thread that ends is not started again',
    file: 'network/liveness/liveness-server',
    find: 'void this.#launch().catch(() => { });',
    replace: '',
    caughtBy: SERVER,
    tests: 'started again',
  },
  {
    name: 'the thread keeps the program running',
    file: 'network/liveness/liveness-server',
    find: `worker.unref();
            if (message.kind === 'service')`,
    replace: "if (message.kind === 'service')",
    caughtBy: SERVER,
    tests: 'nothing else to do',
  },
  {
    name: 'a stuck line is kept as long as its node answers',
    file: 'network/peer/vigil',
    find: 'if (isStuck)',
    replace: 'if (isStuck && isBlocked)',
    caughtBy: VIGIL,
  },
  {
    name: 'a busy node loses its line',
    file: 'network/peer/vigil',
    find: 'this.#broken === undefined && !isBlocked && ',
    replace: 'this.#broken === undefined && ',
    caughtBy: VIGIL,
  },
  {
    name: 'a node that was silent once is not watched any more',
    file: 'network/peer/vigil',
    find: 'this.#watch?.askOn();',
    replace: '',
    caughtBy: AFTER_MENDING,
  },
])
