/**
 * setup/fuzz: gives a decoder one input after another until the budget is spent or one is misread.
 *
 * A fuzzer judges an input by throwing. It begins with what its corpus keeps; what it finds is
 * made small first, and told as the line by which the corpus keeps it. A seed repeats a run.
 * Limit: a decoder that never comes back hangs the fuzzer too, so judges count its steps.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'

/** Soak tests run beside each other, and a round tries many seeds: none takes longer than this. */
const ROUND_MS_MAX = 60_000

/**
 * @template T
 * @typedef {object} Fuzzer
 * @property {string} corpus the file that keeps its findings
 * @property {readonly T[]} kept what that file keeps
 * @property {import('fast-check').Arbitrary<T>} inputs
 * @property {(input: T) => void} judge throws when the decoder is wrong about the input
 * @property {(input: T) => string} line the input as a line of the corpus
 */

/**
 * The same for a decoder that is waited for.
 *
 * @template T
 * @typedef {Omit<Fuzzer<T>, 'judge'> & { judge: (input: T) => Promise<void> }} SlowFuzzer
 */

/**
 * How long to go on: so many cases, or so many milliseconds.
 *
 * @typedef {object} FuzzBudget
 * @property {number} seed
 * @property {number} [cases]
 * @property {number} [timeMs]
 */

/**
 * The budget that `npm run soak` gives to one of `parts` tests of a file.
 *
 * @param {number} [parts]
 * @returns {FuzzBudget}
 */
export function soakBudget(parts = 1) {
  const roundMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), ROUND_MS_MAX)
  return { seed: Number(process.env['TROUPE_SEED'] ?? 1), timeMs: roundMs / 2 / parts }
}

/**
 * Judges inputs until the budget is spent; how many they were. Fails with the first it finds.
 *
 * @template T
 * @param {Fuzzer<T>} fuzzer
 * @param {FuzzBudget} budget
 */
export function fuzz(fuzzer, budget) {
  let cases = 0
  const property = fc.property(fuzzer.inputs, (input) => {
    cases += 1
    fuzzer.judge(input)
  })
  tell(fuzzer, fc.check(property, parametersOf(fuzzer, budget)))
  return cases
}

/**
 * @template T
 * @param {SlowFuzzer<T>} fuzzer
 * @param {FuzzBudget} budget
 */
export async function fuzzSlowly(fuzzer, budget) {
  let cases = 0
  const property = fc.asyncProperty(fuzzer.inputs, async (input) => {
    cases += 1
    await fuzzer.judge(input)
  })
  tell(fuzzer, await fc.check(property, parametersOf(fuzzer, budget)))
  return cases
}

/**
 * A piece of one kept input and a piece of another, with bytes changed, put between and repeated.
 *
 * @param {readonly Uint8Array[]} kept one at least
 * @returns {import('fast-check').Arbitrary<Buffer>}
 */
export function damagedBytes(kept) {
  const one = fc.constantFrom(...kept)
  const parts = { first: one, second: one, between: fc.uint8Array({ maxLength: 8 }) }
  const places = {
    cuts: fc.tuple(fc.nat(), fc.nat()),
    isJoined: fc.boolean(),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
  }
  return fc.record({ ...parts, ...places }).map((given) => {
    const { first, second, between, cuts, isJoined, changes } = given
    const begun = first.subarray(0, isJoined ? cuts[0] % (first.length + 1) : first.length)
    const ended = isJoined ? second.subarray(cuts[1] % (second.length + 1)) : new Uint8Array(0)
    const bytes = Buffer.concat(isJoined ? [begun, between, ended] : [begun])
    for (const [place, value] of changes) if (bytes.length > 0) bytes[place % bytes.length] = value
    return bytes
  })
}

/**
 * @template T
 * @param {{ readonly kept: readonly T[] }} fuzzer
 * @param {FuzzBudget} budget
 * @returns {import('fast-check').Parameters<[T]>}
 */
function parametersOf({ kept }, { seed, cases, timeMs }) {
  /** @type {import('fast-check').Parameters<[T]>} */
  const parameters = { seed, examples: kept.map((input) => [input]) }
  parameters.numRuns = cases === undefined ? Number.MAX_SAFE_INTEGER : kept.length + cases
  if (timeMs !== undefined) parameters.interruptAfterTimeLimit = timeMs
  return parameters
}

/**
 * @template T
 * @param {{ readonly corpus: string, readonly line: (input: T) => string }} fuzzer
 * @param {import('fast-check').RunDetails<[T]>} details
 */
function tell({ corpus, line }, { failed, counterexample, errorInstance, seed }) {
  if (!failed || counterexample === null) return
  const told = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  assert.fail(`seed ${seed} found what to add to ${corpus}:\n${line(counterexample[0])}\n${told}`)
}
