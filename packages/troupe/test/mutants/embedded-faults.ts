/**
 * Faults in the registrar that the nodes of one host share.
 */
import type { Mutant } from './mutant.js'

const TOWN = ['simulation/embedded-registrar.test']
const MIRROR = ['unit/cluster/embedded-mirror.test']
const FOUL = ['unit/cluster/embedded-foul.test']
const PLACES = ['unit/cluster/embedded-places.test']
const ONE_LINK = ['regression/issue-5-one-link.test']
const TAKEN_OVER = 'is taken over when its server dies'

export const EMBEDDED_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a server never looks whether its place is still its own',
    file: 'cluster/registrar/embedded/server',
    find: 'if (this.#claim?.holds() === true)',
    replace: 'if (this.#claim !== undefined)',
    caughtBy: TOWN,
    tests: TAKEN_OVER,
  },
  {
    name: 'who takes over begins without what it knows, and is believed',
    file: 'cluster/registrar/embedded/mirror',
    find: 'isSettled ? [] : this.#entries',
    replace: '[]',
    caughtBy: TOWN,
  },
  {
    name: 'the silence of a server is not noticed',
    file: 'cluster/registrar/embedded/client',
    find: 'if (nowMs - this.#heardMs > silenceMs)',
    replace: 'if (nowMs < 0)',
    caughtBy: TOWN,
    tests: TAKEN_OVER,
  },
  {
    name: 'a life is taken without its secret',
    file: 'cluster/registrar/embedded/seats',
    find: "seat.entry.seal === '' || seat.entry.seal === entry.seal",
    replace: 'true',
    caughtBy: TOWN,
    tests: 'not its secret',
  },
  {
    name: 'a name is given to a second living program',
    file: 'cluster/registrar/embedded/seats',
    find: 'if (seat.speaker !== undefined && !seat.isSilent)',
    replace: 'if (seat.speaker === undefined)',
    caughtBy: TOWN,
    tests: 'as long as the first one lives',
  },
  {
    name: 'a change that does not follow is taken',
    file: 'cluster/registrar/embedded/mirror',
    find: 'if (number !== this.#number + 1)',
    replace: 'if (number < 0)',
    caughtBy: MIRROR,
  },
  {
    name: 'who does not know the cookie is let in',
    file: 'cluster/registrar/embedded/greeting',
    find: 'return timingSafeEqual(this.#proofOf(role), given);',
    replace: 'return given.length > 0;',
    caughtBy: FOUL,
  },
  {
    name: 'a link may say as much as it likes',
    file: 'cluster/registrar/embedded/guest',
    find: 'return this.#words <= this.#wordsMax;',
    replace: 'return true;',
    caughtBy: FOUL,
  },
  {
    name: 'a place is taken whatever lies there by now',
    file: 'cluster/registrar/embedded/socket-places',
    find: 'if (this.holder() !== instead)',
    replace: "if (instead === '')",
    caughtBy: PLACES,
  },
  {
    name: 'a registrar does not come again with its network',
    file: 'cluster/registrar/embedded/embedded-registrar',
    find: `'the network of this node was stopped');
        this.#awaitThread();`,
    replace: "'the network of this node was stopped');",
    caughtBy: PLACES,
    tests: 'leave and come with their networks',
  },
  {
    name: 'a link speaks for as many nodes as it likes',
    file: 'cluster/registrar/embedded/seats',
    find: 'if (held !== undefined && (',
    replace: 'if (false && (',
    caughtBy: ONE_LINK,
    tests: 'speaks for one node alone',
  },
  {
    name: 'a life may begin tomorrow',
    file: 'cluster/registrar/embedded/seats',
    find: 'if (isOfFuture(creation, wallMs))',
    replace: 'if (false)',
    caughtBy: ONE_LINK,
    tests: 'a time that is none',
  },
  {
    name: 'what another host tells keeps a name',
    file: 'cluster/registrar/embedded/seats',
    find: 'seat.entry.order > 0 && (mayReturn',
    replace: '(mayReturn',
    caughtBy: ONE_LINK,
    tests: 'told of by another host',
  },
  {
    name: 'answers are kept without a bound',
    file: 'cluster/registrar/embedded/guest',
    find: 'if (this.#greeting.waitingBytes > WAITING_BYTES_MAX)',
    replace: 'if (false)',
    caughtBy: ONE_LINK,
    tests: 'does not read',
  },
  {
    name: 'strangers who wait keep nodes out',
    file: 'cluster/registrar/embedded/server',
    find: 'if (oldest !== undefined)',
    replace: 'if (false)',
    caughtBy: ONE_LINK,
    tests: 'without a proof in thousands',
  },
  {
    name: 'the folder of the socket is believed as it is',
    file: 'cluster/registrar/embedded/socket-places',
    find: 'return folderFault(folder, lstatSync(folder), process.geteuid?.());',
    replace: 'return undefined;',
    caughtBy: PLACES,
    tests: 'in a folder that others may enter',
  },
])
