/**
 * Faults in the registrar on an etcd: each of them is a node that others lose or never see, a name
 * that two programs have, or a change that is told wrongly or not at all.
 */
import type { Fault } from '@troupe/tools/planting'

const CONFIG = 'registrar/config.test'
const FOREIGN = 'registrar/foreign.test'
const OUTAGE = 'registrar/outage.test'
const PIECES = 'registrar/pieces.test'
const ROOM = 'registrar/room.test'
const REGISTRATION = 'registrar/registration.test'

export const REGISTRAR_FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'what happens right after a range was read is not watched',
    file: 'registrar/feed',
    find: 'this.#begin(revision + 1)',
    replace: 'this.#begin(revision + 2)',
    caughtBy: OUTAGE,
  },
  {
    name: 'a range is asked for without the slash at its end',
    file: 'registrar/feed',
    find: 'this.#given = given;',
    replace: `this.#given = { ...given, range: { prefix: given.range.prefix.slice(0, -1) } };`,
    caughtBy: FOREIGN,
  },
  {
    name: 'a compaction leaves a range as it was, for ever',
    file: 'registrar/feed',
    find: `case 'compacted': this.#readIn(`,
    replace: `case 'compacted': break; this.#readIn(`,
    caughtBy: OUTAGE,
  },
  {
    name: 'nobody hears that etcd has gone back',
    file: 'registrar/feed',
    find: 'this.#taker.rewound(this.#revision, end.revision);',
    replace: '',
    caughtBy: OUTAGE,
  },
  {
    name: 'the grace of a suspect runs while etcd cannot be seen',
    file: 'registrar/suspects',
    find: 'else this.#halt(wait);',
    replace: '',
    caughtBy: PIECES,
  },
  {
    name: 'a node is given up without asking etcd once more',
    file: 'registrar/etcd-registrar',
    find: `if (isAbsent && this.#state === 'connected')`,
    replace: 'if (true)',
    caughtBy: OUTAGE,
  },
  {
    name: 'a configuration is told as a key says, and not as it holds',
    file: 'registrar/config-mirror',
    find: 'const events = this.#store.put(entry);',
    replace: `this.#store.put(entry);
      const events = [{ kind: 'config-updated', item, before: undefined, value: entry.value }];`,
    caughtBy: CONFIG,
  },
  {
    name: 'no other lease comes in the place of one that has ended',
    file: 'registrar/registration',
    find: 'if (this.#lease === undefined) return this.#grant();',
    replace: 'if (this.#lease === undefined && this.#wrote === 0) return this.#grant();',
    caughtBy: REGISTRATION,
  },
  {
    name: 'own keys that are gone are not put again',
    file: 'registrar/registration',
    find: 'if (!isOwn)',
    replace: 'if (false)',
    caughtBy: REGISTRATION,
  },
  {
    name: 'own applications that are gone are not put again',
    file: 'registrar/registration',
    find: 'this.#routes.compare(own.applications) ||',
    replace: '',
    caughtBy: REGISTRATION,
  },
  {
    name: 'what others write of the leaving of a node that lives is left there',
    file: 'registrar/registration',
    find: '|| this.#isLeavingOdd(own)',
    replace: '',
    caughtBy: REGISTRATION,
  },
  {
    name: 'a name is taken over from a program that lives',
    file: 'registrar/rival',
    find: `if (program === 'dead')`,
    replace: `if (program !== 'alive')`,
    caughtBy: REGISTRATION,
  },
  {
    name: 'the key of a node is put over whatever stands there',
    file: 'registrar/registration',
    find: 'when: [isAbsent],',
    replace: 'when: [],',
    caughtBy: REGISTRATION,
  },
  {
    name: 'a node whose name another program took goes on writing',
    file: 'registrar/registration',
    find: 'const { held, revision } = await this.#given.client.txn({ when: [isOwn], acts });',
    replace: 'const { held, revision } = await this.#given.client.txn({ acts });',
    caughtBy: REGISTRATION,
  },
  {
    name: 'an application that could not be told is taken for told',
    file: 'registrar/registration',
    find: 'changes.map((change) => this.#acts.application(lease, change)), lease);',
    replace: `changes.map((change) => this.#acts.application(lease, change)), lease)
      .catch(() => true);`,
    caughtBy: REGISTRATION,
  },
  {
    name: 'applications go while a node attaches in several transactions',
    file: 'registrar/route-mirror',
    find: 'else if (!isAttaching)',
    replace: 'else',
    caughtBy: REGISTRATION,
  },
  {
    name: 'that a node leaves is not heard',
    file: 'registrar/route-mirror',
    find: `state: isLeaving ? 'leaving' : 'up'`,
    replace: `state: 'up'`,
    caughtBy: REGISTRATION,
  },
  {
    name: 'a node goes back to an earlier life with etcd',
    file: 'registrar/route-mirror',
    find: '&& modRevision < seen;',
    replace: '&& false;',
    caughtBy: OUTAGE,
  },
  {
    name: 'the route of another node than that of the key is taken',
    file: 'registrar/route-text',
    find: `if (fields['node'] !== node)`,
    replace: 'if (false)',
    caughtBy: FOREIGN,
  },
  {
    name: 'every line that others write is logged',
    file: 'registrar/refusals',
    find: 'if (tally.told >= TOLD_MAX)',
    replace: 'if (false)',
    caughtBy: FOREIGN,
  },
  {
    name: 'what is refused is counted apart for each key',
    file: 'registrar/refusals',
    find: 'this.#tallies.set(code, tally);',
    replace: 'this.#tallies.set([code, nowMs].join(), tally);',
    caughtBy: FOREIGN,
  },
  {
    name: 'what was left out for lack of room is forgotten',
    file: 'registrar/route-mirror',
    find: 'if (this.#raw.isShort || this.#fullCount > this.#leftOut)',
    replace: 'if (false)',
    caughtBy: ROOM,
  },
  {
    name: 'what the table has left out is forgotten',
    file: 'registrar/route-mirror',
    find: '|| this.#fullCount > this.#leftOut',
    replace: '',
    caughtBy: ROOM,
  },
  {
    name: 'nothing is read again though there is room',
    file: 'registrar/etcd-registrar',
    find: 'hasRoom: () => this.#parts?.feeds[0]?.again(),',
    replace: 'hasRoom: () => {},',
    caughtBy: ROOM,
  },
  {
    name: 'applications of nodes that are not there take the room of others',
    file: 'registrar/raw-routes',
    find: 'node === this.#own || this.#nodes.has(node);',
    replace: 'true;',
    caughtBy: ROOM,
  },
  {
    name: 'a range that cannot be watched is read as fast as it can be',
    file: 'registrar/back-off',
    find: 'return isFirst ? 0 : this.#backOff.nextMs();',
    replace: 'return 0;',
    caughtBy: ROOM,
  },
  {
    name: 'a program that the machine does not show is taken for dead',
    file: 'registrar/holder',
    find: `=== 'ENOENT' && isGone(pid, look)`,
    replace: `=== 'ENOENT'`,
    caughtBy: PIECES,
  },
])
