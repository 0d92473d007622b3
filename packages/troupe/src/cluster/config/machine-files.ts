/**
 * cluster/config/machine-files: the files of this machine, for the configuration.
 *
 * What stands under the path may be anything: a device that never ends, a pipe that never
 * answers, a file that grows. It is read without waiting, and never beyond its limit.
 */
import { constants, watch } from 'node:fs'
import { type FileHandle, open, readlink, stat } from 'node:fs/promises'
import type { PathEntry } from './link-places.js'
import { replaceFile } from './replace-file.js'
import type { ConfigFiles, FileReading } from './watched-file.js'

/** As Node names it: one of the few codes that are looked at. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

async function read(path: string, bytesMax: number): Promise<FileReading> {
  let file: FileHandle | undefined
  try {
    file = await open(path, FLAGS)
    if (!(await file.stat()).isFile()) return { kind: 'failed', problem: 'it is no file' }
    return await readOpen(file, bytesMax)
  } catch (error) {
    const code = codeOf(error)
    if (ABSENT.has(code)) return { kind: 'absent' }
    return { kind: 'failed', problem: `it cannot be read (${code})` }
  } finally {
    await file?.close().catch(() => {})
  }
}

async function readOpen(file: FileHandle, bytesMax: number): Promise<FileReading> {
  const { size } = await file.stat()
  // One byte more than there should be tells that it has grown.
  const bytes = Buffer.alloc(Math.min(size, bytesMax) + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
    length += bytesRead
    if (bytesRead === 0) break
    if (length > bytesMax)
      return { kind: 'failed', problem: `it is above the limit of ${bytesMax} bytes` }
    if (length === bytes.length) return { kind: 'failed', problem: 'it grows while it is read' }
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
    return { kind: 'text', text }
  } catch {
    return { kind: 'failed', problem: 'it is not UTF-8' }
  }
}

async function entryOf(path: string): Promise<PathEntry> {
  try {
    return { kind: 'link', target: await readlink(path) }
  } catch (error) {
    return { kind: ABSENT.has(codeOf(error)) ? 'absent' : 'other' }
  }
}

async function identityOf(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(directory, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

function watchDirectory(
  directory: string,
  changed: (name: string | undefined) => void,
): (() => void) | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_kind, name) => {
      changed(name ?? undefined)
    })
    // What is not told is found by looking.
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return undefined
  }
}

const replace: ConfigFiles['replace'] = (path, bytesMax, change) =>
  replaceFile({ path, read: (at) => read(at, bytesMax), change })

/** The files of this machine. */
export const machineFiles: ConfigFiles = Object.freeze({
  read,
  entryOf,
  identityOf,
  watch: watchDirectory,
  replace,
})
