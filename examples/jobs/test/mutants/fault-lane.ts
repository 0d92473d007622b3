/**
 * test/mutants/fault-lane: a copy of the compiled example in which one fault at a time is planted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StoreFault } from './store-faults.js'

const EXAMPLE = fileURLToPath(new URL('../../', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/** The source with the fault in it; throws when its place is gone or is no longer one place. */
export function planted({ name, file, find, replace }: StoreFault, source: string): string {
  const parts = source.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new RangeError(`the place of "${name}" occurs ${parts.length - 1} times in ${file}.js`)
}

/** The compiled file of a fault. */
export const soundSource = ({ file }: StoreFault, root = EXAMPLE): Promise<string> =>
  readFile(join(root, 'dist', 'store', `${file}.js`), 'utf8')

export class FaultLane {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  static async open(): Promise<FaultLane> {
    const root = await mkdtemp(join(tmpdir(), 'jobs-faults-'))
    const filter = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
    for (const part of ['package.json', 'dist', 'dist-test']) {
      await cp(join(EXAMPLE, part), join(root, part), { recursive: true, filter })
    }
    await symlink(MODULES, join(root, 'node_modules'), 'junction')
    return new FaultLane(root)
  }

  /** The first seed in which the fault is seen; undefined when it is in none. */
  async hunt(fault: StoreFault, seeds: { from: number; to: number }): Promise<number | undefined> {
    const path = join(this.#root, 'dist', 'store', `${fault.file}.js`)
    const sound = await soundSource(fault, this.#root)
    await writeFile(path, planted(fault, sound))
    try {
      const script = join(this.#root, 'dist-test', 'mutants', `${fault.hunt ?? 'hunt'}.js`)
      const child = spawn(process.execPath, [script, `${seeds.from}`, `${seeds.to}`])
      let told = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text
      })
      await once(child, 'close')
      const seed = /^breach in seed (\d+)/m.exec(told)?.[1]
      return seed === undefined ? undefined : Number(seed)
    } finally {
      await writeFile(path, sound)
    }
  }

  async close(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true })
  }
}
