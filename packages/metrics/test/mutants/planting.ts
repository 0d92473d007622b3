/**
 * metrics/test/mutants/planting: a copy of the compiled package in which one fault at a time is
 * planted.
 * The copy has the name and the exports of the package, so that its tests run unchanged.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One planted fault: where it goes, and which test must notice it. */
export interface Fault {
  /** What is wrong, as a sentence. */
  readonly name: string
  /** The compiled file, below `dist` and without its ending. */
  readonly file: string
  /** The text to be replaced, which occurs once; any white space stands for any other. */
  readonly find: string
  readonly replace: string
  /** A compiled test file, below `dist-test` and without its ending. */
  readonly caughtBy: string
}

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
/** With a fault it hangs then, which is a way to fail. */
const HUNG_MS = 20_000

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The source with the fault in it; throws when its place is not one place. */
export function planted({ name, file, find, replace }: Fault, source: string): string {
  const pattern = new RegExp(find.trim().split(/\s+/).map(escaped).join('\\s+'), 'g')
  const found = [...source.matchAll(pattern)].length
  if (found === 1) return source.replace(pattern, () => replace)
  throw new Error(`the place of "${name}" is there ${found} times in dist/${file}.js:\n${find}`)
}

const testFile = (test: string): string => join('dist-test', `${test}.js`)
const fileOf = ({ file }: Fault): string => join('dist', `${file}.js`)

/** The compiled file of a fault as it is without it. */
export const soundSource = (fault: Fault): Promise<string> =>
  readFile(join(PACKAGE, fileOf(fault)), 'utf8')

/** Whether the test that must notice a fault is there at all. */
export const hasTest = ({ caughtBy }: Fault): boolean =>
  existsSync(join(PACKAGE, testFile(caughtBy)))

/** A copy of the package, until `close`. */
export class Plot {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  static async open(): Promise<Plot> {
    const plot = new Plot(await mkdtemp(join(tmpdir(), 'troupe-plot-')))
    const filter = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
    for (const part of ['package.json', 'dist', 'dist-test', 'grafana']) {
      await cp(join(PACKAGE, part), plot.#path(part), { recursive: true, filter })
    }
    await symlink(MODULES, join(plot.#root, 'node_modules'), 'junction')
    return plot
  }

  async close(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true })
  }

  /** Whether a test file fails while the fault is in its place; without one whether it fails. */
  async fails(caughtBy: string, fault?: Fault): Promise<boolean> {
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

  #path(file: string): string {
    return join(this.#root, 'metrics', file)
  }

  #run(file: string): Promise<boolean> {
    const script = this.#path(testFile(file))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const child = spawn(process.execPath, [script], { env, stdio: 'ignore', timeout: HUNG_MS })
    return new Promise((resolve) => child.once('exit', (code) => resolve(code !== 0)))
  }
}
