/**
 * house/sample-programs: writes the samples of the documents to disk, compiles and runs them.
 *
 * They lie in tools/dist-samples, where `troupe` is found as a user finds it: by its name.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runNodeTool, runTool } from '#setup/child'
import { ROOT } from '#setup/workspace'
import type { Fault } from './fault.js'
import { compilerFaults, type Sample } from './samples.js'

const FOLDER = 'dist-samples'
const pathOf = (folder: string): string => join(ROOT, 'tools', folder)
const RUN_MAX_MS = 20_000

/** Strict as the rest, but a sample may define what it does not use. */
const CONFIG = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    rootDir: 'src',
    outDir: 'out',
    composite: false,
    declaration: false,
    declarationMap: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  },
  include: ['src/*.ts'],
}

/**
 * Compiles all samples at once.
 *
 * @param folder below tools, emptied first; another one than the default for tests
 */
export async function compileSamples(
  samples: readonly Sample[],
  folder = FOLDER,
): Promise<readonly Fault[]> {
  const path = pathOf(folder)
  rmSync(path, { recursive: true, force: true })
  if (samples.length === 0) return []
  mkdirSync(join(path, 'src'), { recursive: true })
  writeFileSync(join(path, 'tsconfig.json'), JSON.stringify(CONFIG, undefined, 2))
  for (const { name, program } of samples) {
    writeFileSync(join(path, 'src', `${name}.ts`), program)
  }
  const { exitCode, output } = await runNodeTool('typescript/bin/tsc', [
    '-p',
    path,
    '--pretty',
    'false',
  ])
  if (exitCode === 0) return []
  const faults = compilerFaults(samples, output)
  if (faults.length > 0) return faults
  return [{ file: 'tools', line: 1, problem: output.trim(), remedy: 'see above' }]
}

/** Runs one compiled sample; it has to end by itself. */
export const runSample = (
  sample: Sample,
  folder = FOLDER,
): Promise<{ exitCode: number; output: string; stdout: string }> =>
  runTool(process.execPath, [join(pathOf(folder), 'out', `${sample.name}.js`)], {
    env: { ...process.env, NO_COLOR: '1' },
    timeoutMs: RUN_MAX_MS,
  })
