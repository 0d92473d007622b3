/**
 * setup/groups: several test files as one program.
 *
 * Node's runner starts a program for each file, and most of ours spend more time on loading what
 * they test than on testing it. Files of one folder that leave nothing behind in their program
 * share it, one after another; who fails is told with its own path all the same.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './workspace.mjs'

/**
 * Folders whose files may share a program. Others hold what counts the work of its program or is
 * told when it ends, or libraries that have trouble with a second store in one program (lmdb).
 */
const TOGETHER = [
  // Not those of a real host: they wait for other threads and programs.
  /^packages\/troupe\/dist-test\/(scenarios|regression|conformance)\//,
  /^packages\/troupe\/dist-test\/unit\/(?!.*(embedded-|real-file))/,
  /^packages\/(etcd|log)\/dist-test\//,
  /^packages\/metrics\/dist-test\/(?!prometheus)[^/]+\.test\./,
  /^packages\/observer\/dist-test\/(ask|cluster|hub|page|server|text|web)\//,
  /^examples\/jobs\/dist-test\/(cli|coordinator|job|kinds|load|web|worker)\//,
  /^examples\/jobs-chaos\/dist-test\/(account|cli|client|effects|etcd|faults|net)\//,
  /^examples\/traffic\/dist-test\/(account|cli|fleet|packet|query|replay)\//,
  /^tools\/dist-test\/(rules|setup)\//,
  // The samples wait for their programs; what reads the sources does so beside them.
  /^tools\/dist-test\/house\/(layers|lock|reference|style)\./,
]
/** More would save little, and make the longest programs longer than a core has to spare. */
const FILES_MAX = 8
/** Of a path: packages/troupe/dist-test/unit. */
const FOLDER_PARTS = 4

/**
 * The files in their order; those that may share a program as one list.
 *
 * @param {readonly string[]} files relative to the root
 * @returns {readonly (readonly string[])[]}
 */
export function grouped(files) {
  /** @type {string[][]} */
  const groups = []
  /** @type {Map<string, string[]>} the group of each folder that has room */
  const open = new Map()
  for (const file of files) {
    const folder = file.split('/').slice(0, -1).slice(0, FOLDER_PARTS).join('/')
    const mayShare = TOGETHER.some((pattern) => pattern.test(file))
    const group = mayShare ? open.get(folder) : undefined
    if (group !== undefined && group.length < FILES_MAX) {
      group.push(file)
      continue
    }
    const begun = [file]
    groups.push(begun)
    if (mayShare) open.set(folder, begun)
  }
  return groups
}

/**
 * Runs `work` with one path for each group; what is written for it is removed afterwards.
 *
 * @template T
 * @param {readonly (readonly string[])[]} groups
 * @param {(paths: readonly string[]) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPrograms(groups, work) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-tests-'))
  const paths = groups.map((files, at) => {
    const [first = ''] = files
    if (files.length === 1) return first
    const path = join(folder, `group-${at}.mjs`)
    const urls = files.map((file) => pathToFileURL(join(ROOT, file)).href)
    writeFileSync(path, urls.map((url) => `import ${JSON.stringify(url)}\n`).join(''))
    return path
  })
  try {
    return await work(paths)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
