/**
 * Faults in the road between two nodes that only a whole cluster under faults shows: each is found
 * by the simulation within a thousand seeds, here by the first seed that finds it.
 */
import type { Mutant } from './mutant.js'

const SIMULATION = ['simulation/cluster-seeds.test']

export const NETWORK_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'the first batch is not sent again when a line is mended',
    file: 'network/session/outgoing',
    find: 'this.#granted = granted; this.#next = this.#head;',
    replace: 'this.#granted = granted; this.#next = this.#head + 1;',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a node that takes a line again says that it has received nothing',
    file: 'network/network',
    find: 'const receivedBytes = session.incoming.received;',
    replace: 'const receivedBytes = 0;',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a node is declared down twice',
    file: 'network/peer/peer',
    find: "if (this.state === 'down') return; const wasUp",
    replace: 'const wasUp',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'small messages overtake a large one before them',
    file: 'network/peer/inbox',
    find: "if (lane !== '') this.#lanes.open(lane, id);",
    replace: '',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'more is acknowledged than has come',
    file: 'network/session/session',
    find: 'body.writeUIntBE(incoming.received, 0, 6);',
    replace: 'body.writeUIntBE(incoming.received + 1, 0, 6);',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'links are not told that a node was lost',
    file: 'runtime/far-relations',
    find: "for (const watch of [...far.watches.values()]) this.#tell(watch, 'no-connection');",
    replace: `for (const watch of [...far.watches.values()]) {
        if (watch.mode !== 'link') this.#tell(watch, 'no-connection');
      }`,
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'calls stay open when their node is lost',
    file: 'network/peer/pending',
    find: 'answers.reject(error);',
    replace: '',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a subscription comes back without telling of the gap',
    file: 'runtime/far-topics',
    find: 'this.#verbs.signal(process, GAP, gap);',
    replace: '',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a second loss ends a subscription that would have come back',
    file: 'runtime/far-topics',
    find: "if (code === 'EVENT_UNKNOWN') this.#abandon(topic);",
    replace: 'if (code) this.#abandon(topic);',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a signal to a process of an earlier life reaches one of this life',
    file: 'network/peer/reading',
    find: 'const creation = this.#decoder.uint();',
    replace: 'this.#decoder.uint(); const { creation } = this.#home;',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a wish to resume from before the last line is granted',
    file: 'network/admission',
    find: 'const isStale = resume.receivedBytes < known.acknowledgedBytes;',
    replace: 'const isStale = false;',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a mailbox that was held is never released',
    file: 'network/peer/holding',
    find: 'this.#verbs.release(target);',
    replace: '',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a node whose own loop stood still gives up its peers when it wakes',
    file: 'network/peer/peer',
    find: 'if (stoodStill)',
    replace: 'if (false)',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'of two nodes that dial each other at once neither gives way',
    file: 'network/admission',
    find: "if (known.state === 'dialling') return own < name ? simultaneous(name) : fresh;",
    replace: "if (known.state === 'dialling') return fresh;",
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'nobody is told how many messages a lost node took with it',
    file: 'network/peer/peer',
    find: 'this.#home.lost(this.name, outgoing.messages - outgoing.acknowledged);',
    replace: '',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
  {
    name: 'a lost node is looked for once and no more',
    file: 'network/dials',
    find: 'seeking.reach(); this.seek(seeking, Math.min(RETRY_MS_MAX, retryMs * 2));',
    replace: 'seeking.reach();',
    caughtBy: SIMULATION,
    tests: 'seed 1 ',
  },
])
