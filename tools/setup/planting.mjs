/**
 * setup/planting: plants one fault at a time in a copy of a compiled package, and sees it caught.
 *
 * The copy has the name and the exports of the package, so that its tests run unchanged. That each
 * fault has its place is quick to say and belongs into `npm test` (`placesAreThere`); that it is
 * caught costs a program each and belongs into `npm run soak` (`faultsAreCaught`).
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CommandFault } from './fault.mjs'
import { ROOT } from './workspace.mjs'

/**
 * One planted fault: where it goes, and which test must notice it.
 *
 * @typedef {object} Fault
 * @property {string} name what is wrong, as a sentence
 * @property {string} file the compiled file, below `dist` and without its ending
 * @property {string} find the text to be replaced, which occurs once; white space is as any other
 * @property {string} replace
 * @property {string} caughtBy a compiled test file, below `dist-test` and without its ending
 */

/**
 * The package in which faults are planted.
 *
 * @typedef {object} Field
 * @property {string} folder relative to the root: 'packages/etcd'
 * @property {readonly string[]} parts what its tests need beside `dist` and `dist-test`
 * @property {readonly Fault[]} faults
 */

/** With a fault a test that runs for so long hangs, which is a way to fail. */
const HUNG_MS = 20_000

const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const testFile = (/** @type {string} */ test) => join('dist-test', `${test}.js`)
const fileOf = (/** @type {Fault} */ { file }) => join('dist', `${file}.js`)

/**
 * The source with the fault in it; throws when its place is not one place.
 *
 * @param {Fault} fault
 * @param {string} source
 */
function planted({ name, file, find, replace }, source) {
  const pattern = new RegExp(find.trim().split(/\s+/).map(escaped).join('\\s+'), 'g')
  const found = [...source.matchAll(pattern)].length
  if (found === 1) return source.replace(pattern, () => replace)
  throw new CommandFault(
    `The place of "${name}" is there ${found} times in dist/${file}.js: ${find}`,
    'Look for what took its place, and mend the table of planted faults.',
  )
}

/** A copy of a package, until `close`. */
class Plot {
  #root
  #name

  /**
   * @param {string} root
   * @param {string} name
   */
  constructor(root, name) {
    this.#root = root
    this.#name = name
  }

  /** @param {Field} field */
  static async open({ folder, parts }) {
    const plot = new Plot(await mkdtemp(join(tmpdir(), 'troupe-plot-')), basename(folder))
    const filter = (/** @type {string} */ path) => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
    for (const part of ['package.json', 'dist', 'dist-test', ...parts]) {
      await cp(join(ROOT, folder, part), plot.#path(part), { recursive: true, filter })
    }
    await symlink(join(ROOT, 'node_modules'), join(plot.#root, 'node_modules'), 'junction')
    return plot
  }

  async close() {
    await rm(this.#root, { recursive: true, force: true })
  }

  /**
   * Whether a test file fails while the fault is in its place; without one whether it fails.
   *
   * @param {string} caughtBy
   * @param {Fault} [fault]
   */
  async fails(caughtBy, fault) {
    if (fault === undefined) return this.#run(caughtBy)
    const path = this.#path(fileOf(fault))
    const sound = await readFile(path, 'utf8')
    await writeFile(path, planted(fault, sound))
    try {
      return await this.#run(caughtBy)
    } finally {
      await writeFile(path, sound)
    }
  }

  /** @param {string} file */
  #path(file) {
    return join(this.#root, this.#name, file)
  }

  /**
   * @param {string} file
   * @returns {Promise<boolean>}
   */
  #run(file) {
    const script = this.#path(testFile(file))
    // The seeds that every run of the tests takes: those of a soak may miss a rare fault.
    const { NODE_TEST_CONTEXT: _, TROUPE_SEED: __, ...env } = process.env
    const child = spawn(process.execPath, [script], { env, stdio: 'ignore', timeout: HUNG_MS })
    return new Promise((resolve) => child.once('exit', (code) => resolve(code !== 0)))
  }
}

/**
 * Declares that each fault has its place, a test that is there, and a name of its own.
 *
 * @param {Field} field
 */
export function placesAreThere({ folder, faults }) {
  describe('the faults planted in this package', () => {
    it('have their places, and a test that is there', async () => {
      for (const fault of faults) {
        const sound = await readFile(join(ROOT, folder, fileOf(fault)), 'utf8')
        assert.notEqual(planted(fault, sound), sound, fault.name)
        assert.ok(existsSync(join(ROOT, folder, testFile(fault.caughtBy))), fault.caughtBy)
      }
    })

    it('have a name each', () => {
      const names = faults.map(({ name }) => name)
      assert.deepEqual(names, [...new Set(names)])
    })
  })
}

/**
 * Declares that each fault makes its test fail, and that none does without one.
 *
 * @param {Field} field
 */
export function faultsAreCaught(field) {
  describe('a planted fault', () => {
    /** @type {Plot} */
    let plot
    before(async () => {
      plot = await Plot.open(field)
    })
    after(() => plot.close())

    for (const test of new Set(field.faults.map(({ caughtBy }) => caughtBy))) {
      it(`is needed: without one ${test} passes in the copy`, async () => {
        assert.ok(!(await plot.fails(test)))
      })
    }
    for (const fault of field.faults) {
      it(`is caught: ${fault.name}`, async () => {
        assert.ok(await plot.fails(fault.caughtBy, fault))
      })
    }
  })
}
