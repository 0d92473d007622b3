/**
 * cluster/config/replace-file: a file of this machine gets another text, at once and as a whole.
 *
 * The new text is written beside the old one and takes its place by its name, so that whoever reads
 * finds one of the two. The file beside it is also the lock: while it is there nobody else writes,
 * and nobody takes it away, since whose it is cannot be known. A link goes on pointing where it
 * did; what it points to is replaced.
 */
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import type { FileReading } from './watched-file.js'

const MODE = 0o644

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/** What is asked of a file that is replaced. */
export interface Replacing {
  readonly path: string
  read(path: string): Promise<FileReading>
  /** The new text, from the old one; undefined: it stays as it is. May throw. */
  change(text: string | undefined): string | undefined
}

/** Why a file could not be replaced; undefined: nothing is wrong. Throws what `change` does. */
export async function replaceFile(replacing: Replacing): Promise<string | undefined> {
  const path = await realpath(replacing.path).catch(() => replacing.path)
  const beside = `${path}.new`
  let file: FileHandle
  try {
    file = await open(beside, 'wx', MODE)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'EEXIST') return `${beside} cannot be made (${code})`
    return `${beside} is there: another program is writing; remove it if none is`
  }
  let isIn = false
  try {
    const { problem, done } = await write(file, beside, { ...replacing, path })
    isIn = done
    return problem
  } finally {
    await file.close().catch(() => {})
    // Once it has taken its place a file of that name is somebody else's.
    if (!isIn) await unlink(beside).catch(() => {})
  }
}

interface Written {
  readonly problem?: string
  /** The new file is in the place of the old one. */
  readonly done: boolean
}

async function write(
  file: FileHandle,
  beside: string,
  { path, read, change }: Replacing,
): Promise<Written> {
  const reading = await read(path)
  if (reading.kind === 'failed') return { problem: reading.problem, done: false }
  const text = change(reading.kind === 'text' ? reading.text : undefined)
  if (text === undefined) return { done: false }
  try {
    if (reading.kind === 'text') await file.chmod((await stat(path)).mode & 0o777)
    await file.writeFile(text)
    await file.sync()
    await rename(beside, path)
    return { done: true }
  } catch (error) {
    return { problem: `${path} cannot be replaced (${codeOf(error)})`, done: false }
  }
}
