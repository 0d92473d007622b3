/**
 * setup/build: brings the built output to what the sources say.
 *
 * `tsc -b` decides what is stale. It never removes the output of a source that is gone, and a test
 * that was deleted would go on running, so that is done here first.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundlePage, isPageOf, PAGE_MADE, PAGE_PROJECT } from './bundle.mjs'
import { runNodeTool } from './child.mjs'
import { step } from './console.mjs'
import { CommandFault } from './fault.mjs'
import { filesBelow, ROOT, readJson } from './workspace.mjs'

const TSC = 'typescript/bin/tsc'
/** What the compiler makes of one source. */
const MADE_OF_SOURCE = /(\.d\.(ts|mts)|\.js|\.mjs)(\.map)?$/

/**
 * The projects that a solution file names, with the folders they read and write.
 *
 * @param {string} solution path of a tsconfig with references, relative to the root
 * @returns {{ sources: string, output: string }[]}
 */
function projectsOf(solution) {
  /** @type {{ path: string }[]} */
  const references = readJson(solution).references ?? []
  return references.flatMap(({ path }) => {
    const config = path.endsWith('.json') ? path : `${path}/tsconfig.json`
    const folder = config.slice(0, config.lastIndexOf('/'))
    const { rootDir, outDir } = readJson(config).compilerOptions ?? {}
    if (outDir === undefined) return []
    return [{ sources: join(folder, rootDir), output: join(folder, outDir) }]
  })
}

/**
 * The made files whose source is gone.
 *
 * @param {string} sources
 * @param {string} output
 * @returns {string[]} relative to the root
 */
export function orphansOf(sources, output) {
  const made = filesBelow(output, (path) => MADE_OF_SOURCE.test(path), /^node_modules$/)
  return made.filter((path) => {
    const stem = path.slice(output.length + 1).replace(MADE_OF_SOURCE, '')
    return !['.ts', '.tsx', '.mts', '.mjs'].some((ending) =>
      existsSync(join(ROOT, sources, stem + ending)),
    )
  })
}

/**
 * Builds everything, or one project with what it depends on.
 *
 * @param {string} [project] folder relative to the root, such as "examples/traffic"
 * @returns {Promise<string>} what the compiler found wrong; empty when nothing is
 */
export async function build(project) {
  for (const { sources, output } of projectsOf('tsconfig.json')) {
    for (const path of orphansOf(sources, output)) {
      if (!path.startsWith(PAGE_MADE)) rmSync(join(ROOT, path))
    }
  }
  const withPage = project === undefined || isPageOf(project)
  const projects = project === undefined ? ['.'] : withPage ? [project, PAGE_PROJECT] : [project]
  const { exitCode, output } = await runNodeTool(TSC, ['-b', ...projects, '--pretty', 'false'])
  if (exitCode !== 0) return output.trimEnd()
  return withPage ? bundlePage() : ''
}

/**
 * Builds, and fails with what the compiler found wrong.
 *
 * @param {string} [project] as for `build`
 */
export async function ensureBuilt(project) {
  await step(project === undefined ? 'building' : `building ${project}`, async () => {
    const faults = await build(project)
    if (faults === '') return
    throw new CommandFault(
      `The build found faults:\n${faults}`,
      'Correct the lines above, then run: npm run build',
    )
  })
}
