/**
 * Faults in who is let in by a handshake, and in what its proofs cover.
 */
import type { Mutant } from './mutant.js'

const HOSTILE = ['unit/network/handshake/hostile.test']
const REFUSALS = ['unit/network/handshake/refusals.test']
const COOKIE = ['unit/network/handshake/cookie.test']
const RUN = ['unit/network/handshake/run-handshake.test']

export const HANDSHAKE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a proof does not say whose it is',
    file: 'network/handshake/proof',
    find: ".update(role, 'latin1').update(hash.digest())",
    replace: '.update(hash.digest())',
    caughtBy: HOSTILE,
  },
  {
    name: 'a proof does not cover what the acceptor said first',
    file: 'network/handshake/proof',
    find: 'for (const frame of transcript)',
    replace: 'for (const frame of transcript.filter((_, i) => i !== 1))',
    caughtBy: HOSTILE,
    tests: 'replayed',
  },
  {
    name: 'a proof does not cover what the dialler said first',
    file: 'network/handshake/proof',
    find: 'for (const frame of transcript)',
    replace: 'for (const frame of transcript.slice(1))',
    caughtBy: HOSTILE,
    tests: 'replayed',
  },
  {
    name: 'a proof does not cover what is announced with it',
    file: 'network/handshake/proof',
    find: 'for (const frame of transcript)',
    replace: 'for (const frame of transcript.slice(0, -1))',
    caughtBy: HOSTILE,
    tests: 'one bit',
  },
  {
    name: 'a proof holds on every TLS line',
    file: 'network/handshake/proof',
    find: 'if (channelBinding !== undefined)',
    replace: 'if (channelBinding === null)',
    caughtBy: HOSTILE,
    tests: 'relayed',
  },
  {
    name: 'two proofs are the same when they begin alike',
    file: 'network/handshake/proof',
    find: 'timingSafeEqual(left, right)',
    replace: 'timingSafeEqual(left.subarray(0, 16), right.subarray(0, 16))',
    caughtBy: HOSTILE,
    tests: 'one bit',
  },
  {
    name: 'an acceptor says the same in each handshake',
    file: 'network/handshake/acceptor',
    find: 'const nonce = randomBytes(NONCE_BYTES);',
    replace: 'const nonce = new Uint8Array(NONCE_BYTES);',
    caughtBy: HOSTILE,
    tests: 'replayed',
  },
  {
    name: 'an acceptor takes any proof',
    file: 'network/handshake/acceptor',
    find: "if (!isSameProof(proof, this.#proof('dial', open))) {",
    replace: 'if (proof.length === 0) {',
    caughtBy: HOSTILE,
  },
  {
    name: 'a policy is asked about who has proven nothing',
    file: 'network/handshake/acceptor',
    find: 'return sending(challenge);',
    replace: 'return { ...sending(challenge), ask: read.value };',
    caughtBy: HOSTILE,
  },
  {
    name: 'an acceptor welcomes who wanted somebody else',
    file: 'network/handshake/acceptor',
    find: "if (wanted === '' || wanted === own.name)",
    replace: "if (wanted !== '?')",
    caughtBy: REFUSALS,
  },
  {
    name: 'a dialler takes any node for the one it wanted',
    file: 'network/handshake/dialler',
    find: 'if (wanted === undefined || wanted === name)',
    replace: 'if (wanted !== "?")',
    caughtBy: REFUSALS,
  },
  {
    name: 'a node is connected with its own name',
    file: 'network/handshake/acceptor',
    find: 'if (name === own.name) {',
    replace: 'if (name === own.name && creation === 0) {',
    caughtBy: REFUSALS,
  },
  {
    name: 'a refusal is believed without its proof',
    file: 'network/handshake/dialler',
    find: "&& isSameProof(proof, this.#proof('refuse', open));",
    replace: ';',
    caughtBy: REFUSALS,
  },
  {
    name: 'a stranger may refuse with any code',
    file: 'network/handshake/dialler',
    find: '(detail !== undefined || !isBare(code))',
    replace: 'detail !== undefined',
    caughtBy: REFUSALS,
  },
  {
    name: 'a stranger is told why it was refused',
    file: 'network/handshake/acceptor',
    find: 'detail: isProven ? detail : undefined',
    replace: 'detail',
    caughtBy: REFUSALS,
  },
  {
    name: 'a frame may have any length',
    file: 'network/handshake/fields',
    find: 'end >= FIELDS_START && end <= FRAME_BYTES_MAX',
    replace: 'end >= FIELDS_START',
    caughtBy: HOSTILE,
    tests: 'more than one frame',
  },
  {
    name: 'each byte gives a handshake more time',
    file: 'network/handshake/run-handshake',
    find: 'this.#do(this.#machine.receive(bytes));',
    replace: `{
      this.#cancelTimeout();
      this.#cancelTimeout = this.#clock.after(5_000, () => this.#do(this.#machine.expire()));
      this.#do(this.#machine.receive(bytes));
    }`,
    caughtBy: RUN,
    tests: 'trickle',
  },
  {
    name: 'what comes with the last frame is lost',
    file: 'network/handshake/run-handshake',
    find: 'if (rest.length > 0)',
    replace: 'if (rest.length > 1_000)',
    caughtBy: RUN,
    tests: 'in one piece',
  },
  {
    name: 'a cookie that others may read is used',
    file: 'network/handshake/cookie',
    find: 'const OF_OTHERS = 0o077;',
    replace: 'const OF_OTHERS = 0o070;',
    caughtBy: COOKIE,
  },
  {
    name: 'the cookie of the last node that starts wins',
    file: 'network/handshake/cookie-file',
    find: 'await link(aside, path);',
    replace: "await (await import('node:fs/promises')).copyFile(aside, path);",
    caughtBy: COOKIE,
    tests: 'the faster node',
  },
  {
    name: 'a cookie is read through a symbolic link',
    file: 'network/handshake/cookie-file',
    find: 'O_RDONLY | (O_NOFOLLOW ?? 0)',
    replace: 'O_RDONLY',
    caughtBy: COOKIE,
  },
])
