/**
 * setup/packages: checks each public package as npm would publish it.
 *
 * Packs it into a temporary folder, then lets publint and attw read the archive: broken exports,
 * missing files and types that resolve differently for other users are found here.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNodeTool, runNpm } from './child.mjs'
import { ROOT, readJson, workspacesOf } from './workspace.mjs'

/** Neither belongs into what is published. */
const UNWANTED = /(^|\/)(test|dist-test)\/|\.tsbuildinfo$/

/** @returns {string[]} folders of packages that are published */
export const publicPackages = () =>
  workspacesOf('packages').filter((folder) => readJson(`${folder}/package.json`).private !== true)

/**
 * @param {string} folder of one package, relative to the root
 * @returns {Promise<string[]>} what is wrong with it, one text each
 */
export async function packageFaults(folder) {
  const target = mkdtempSync(join(tmpdir(), 'troupe-pack-'))
  try {
    const packed = await runNpm(['pack', '--json', '--pack-destination', target], {
      cwd: join(ROOT, folder),
    })
    if (packed.exitCode !== 0) return [`npm pack failed:\n${packed.output}`]
    const { filename, files } = /** @type {any} */ (Object.values(JSON.parse(packed.stdout))[0])
    const archive = join(target, filename)
    /** @type {string[]} */
    const unwanted = files.map((/** @type {{ path: string }} */ file) => file.path)
    const faults = unwanted
      .filter((path) => UNWANTED.test(path))
      .map((path) => `${path} would be published; see "files" in ${folder}/package.json`)
    const publint = await runNodeTool('publint/src/cli.js', ['run', archive, '--strict'])
    if (publint.exitCode !== 0) faults.push(`publint:\n${publint.output}`)
    const attw = await runNodeTool('@arethetypeswrong/cli/dist/index.js', [
      archive,
      '--profile',
      'esm-only',
      '--no-emoji',
    ])
    if (attw.exitCode !== 0) faults.push(`attw:\n${attw.output}`)
    return faults
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}
