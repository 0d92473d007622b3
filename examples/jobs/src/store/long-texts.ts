/**
 * store/long-texts: long texts as files of a folder; one that is not whole ends in `.part`.
 *
 * What is sealed is on the disk under its name: the file first, then the folder.
 * Knows nothing of what is in them but the checksums of their pages.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { JobsFault } from '#jobs/job/faults'

/** Bytes with one checksum. */
export const PAGE_BYTES = 256 * 1_024
const PART = '.part'
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** A long text that is being taken in. */
export interface LongFile {
  append(bytes: Uint8Array): Promise<void>
  /** Durable when it settles. */
  seal(): Promise<{ readonly pageBytes: number; readonly sums: readonly number[] }>
  giveUp(): Promise<void>
}

export interface LongTexts {
  begin(blob: string): Promise<LongFile>
  /** Exactly so many bytes, or undefined. */
  read(blob: string, at: number, length: number): Promise<Uint8Array | undefined>
  remove(blob: string): Promise<void>
}

/** Opens a folder of long texts; what is not whole, or known to nobody, is removed. */
export async function openLongTexts(
  folder: string,
  isKnown: (blob: string) => boolean,
): Promise<LongTexts> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) {
    if (name.endsWith(PART) || !isKnown(name)) await rm(join(folder, name), { force: true })
  }
  return {
    begin: (blob) => guarded(folder, () => begin(folder, blob)),
    read: (blob, at, length) => read(join(folder, blob), at, length),
    remove: (blob) => rm(join(folder, blob), { force: true }),
  }
}

async function guarded<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const code = (error as { readonly code?: unknown } | undefined)?.code
    const problem = error instanceof Error ? error.message : String(error)
    const isFull = FULL.some((full) => full === code)
    throw new JobsFault(isFull ? 'STORE_FULL' : 'STORE_FAILED', { path, problem }, error)
  }
}

async function begin(folder: string, blob: string): Promise<LongFile> {
  const path = join(folder, `${blob}${PART}`)
  const file = await open(path, 'wx', 0o600)
  const sums = new PageSums()
  const close = once(() => file.close())
  return {
    append: (bytes) =>
      guarded(path, async () => {
        sums.add(bytes)
        await writeAll(file, bytes)
      }),
    seal: () =>
      guarded(path, async () => {
        await file.sync()
        await close()
        await rename(path, join(folder, blob))
        await syncFolder(folder)
        return { pageBytes: PAGE_BYTES, sums: sums.end() }
      }),
    async giveUp() {
      await close().catch(() => {})
      await rm(path, { force: true })
      await rm(join(folder, blob), { force: true })
    },
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= run()
    return done
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function read(path: string, at: number, length: number): Promise<Uint8Array | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const bytes = new Uint8Array(length)
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled)
      if (bytesRead === 0) return undefined
      filled += bytesRead
    }
    return bytes
  } catch {
    // It is not there, or the disk cannot read it: another coordinator has it.
    return undefined
  } finally {
    await file?.close()
  }
}

/** Checksums of pages, whatever pieces they come in. */
class PageSums {
  readonly #sums: number[] = []
  #sum = 0
  #filled = 0

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + PAGE_BYTES - this.#filled)
      this.#sum = crc32(part, this.#sum)
      this.#filled += part.length
      at += part.length
      if (this.#filled === PAGE_BYTES) this.#close()
    }
  }

  end(): readonly number[] {
    if (this.#filled > 0) this.#close()
    return this.#sums
  }

  #close(): void {
    this.#sums.push(this.#sum)
    this.#sum = 0
    this.#filled = 0
  }
}
