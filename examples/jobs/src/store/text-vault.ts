/**
 * store/text-vault: the texts one coordinator keeps, and those it is taking in.
 *
 * A short text is kept in the file of the jobs, so that many of them go to the disk together; a
 * long one in a file of its own beside it. It counts from when it is sealed: then it is durable,
 * and its digest is what its sender said. Pages of a long text have checksums, and one that does
 * not match is not given out: another coordinator has it.
 *
 * Limits: `uploadsMax` texts at a time, `unsealedBytesMax` bytes of them; one that nobody adds to
 * for `idleMs` is given up.
 */
import { createHash, type Hash } from 'node:crypto'
import { JobsFault } from '#jobs/job/faults'
import type { JobStore } from './job-store.js'
import { contentKey, seal, TEXTS, textKey, unseal } from './keys.js'
import type { LongFile, LongTexts } from './long-texts.js'
import type { Refused } from './replica-protocol.js'
import { pageSums, readTextNote, type TextNote, writeTextNote } from './text-note.js'
import type { TextPlace } from './text-place.js'

export interface TextVaultOptions {
  /** Longest text that is kept among the jobs, bytes; default 64 KB. */
  readonly shortBytesMax?: number
  /** Texts that are taken in at a time; default 256. */
  readonly uploadsMax?: number
  /** Bytes of texts that are not whole; default 1 GB. */
  readonly unsealedBytesMax?: number
  /** A text that nobody adds to for so long is given up, milliseconds; default 120,000. */
  readonly idleMs?: number
}

export const TEXT_DEFAULTS: Required<TextVaultOptions> = Object.freeze({
  shortBytesMax: 64 * 1_024,
  uploadsMax: 256,
  unsealedBytesMax: 1_024 * 1_024 * 1_024,
  idleMs: 120_000,
})

/** A text that is being taken in. */
interface Upload {
  parts: Uint8Array[]
  length: number
  readonly hash: Hash
  file: LongFile | undefined
  touchedMs: number
  /** What was asked before is done before. */
  last: Promise<unknown>
}

type Appended = { readonly kind: 'appended'; readonly length: number } | Refused
type Sealed = { readonly kind: 'sealed' } | Refused

export class TextVault implements TextPlace {
  readonly #store: JobStore
  readonly #long: LongTexts | undefined
  #wallMs: () => number
  readonly #options: Required<TextVaultOptions>
  readonly #uploads = new Map<string, Upload>()
  #unsealedBytes = 0
  /** Pages that did not match their checksums, since the start. */
  damaged = 0
  /** Texts that were given up before they were whole, since the start. */
  abandoned = 0

  constructor(store: JobStore, long: LongTexts | undefined, options: TextVaultOptions = {}) {
    this.#store = store
    this.#long = long
    this.#wallMs = () => 0
    this.#options = { ...TEXT_DEFAULTS, ...options }
  }

  /** Tells the time from now on: of the process that answers for it. */
  timedBy(wallMs: () => number): void {
    this.#wallMs = wallMs
  }

  inspect(): Readonly<Record<string, number>> {
    return { uploads: this.uploads, abandoned: this.abandoned, damaged: this.damaged }
  }

  /** Texts that are being taken in. */
  get uploads(): number {
    return this.#uploads.size
  }

  append(blob: string, at: number, bytes: Uint8Array): Promise<Appended> {
    const upload = this.#uploads.get(blob) ?? this.#begin(blob)
    if ('kind' in upload) return Promise.resolve(upload)
    return this.#inTurn(upload, () => this.#append(blob, upload, at, bytes))
  }

  async seal(blob: string, length: number, sha256: string): Promise<Sealed> {
    const upload = this.#uploads.get(blob)
    if (upload !== undefined) {
      return this.#inTurn(upload, () => this.#seal(blob, upload, length, sha256))
    }
    const note = this.note(blob)
    // Asked again: the answer to the first time was lost.
    if (note?.sha256 === sha256 && note.bytes === length) return { kind: 'sealed' }
    if (length === 0) return this.#refuse('TEXT_INVALID', 'an empty text')
    return this.#refuse('TEXT_GAP', 'nothing of this text is there')
  }

  /** Part of a text that is whole; undefined: it is not here, or this part is damaged. */
  async read(blob: string, at: number, length: number): Promise<Uint8Array | undefined> {
    const note = this.note(blob)
    if (note === undefined || at > note.bytes) return undefined
    const end = Math.min(at + length, note.bytes)
    if (!note.isLong) {
      const content = this.#short(blob)
      return content === undefined ? this.#isDamaged() : content.subarray(at, end)
    }
    const { pageBytes } = note
    const from = Math.floor(at / pageBytes) * pageBytes
    const to = Math.min(Math.ceil(end / pageBytes) * pageBytes, note.bytes)
    const pages = await this.#long?.read(blob, from, to - from)
    if (pages === undefined) return this.#isDamaged()
    const sums = pageSums(pages, pageBytes)
    const first = from / pageBytes
    if (!sums.every((sum, i) => sum === note.sums[first + i])) return this.#isDamaged()
    return pages.subarray(at - from, end - from)
  }

  /** Forgets a text, whole or not. */
  async drop(blob: string): Promise<void> {
    const upload = this.#uploads.get(blob)
    if (upload !== undefined) await this.#inTurn(upload, () => this.#giveUp(blob, upload))
    const note = this.note(blob)
    if (note === undefined) return
    const keys = [textKey(blob), ...(note.isLong ? [] : [contentKey(blob)])]
    await this.#store.change(keys.map((key) => ({ key, value: undefined })))
    if (note.isLong) await this.#long?.remove(blob)
  }

  /** Whether it is here and whole. */
  has(blob: string): boolean {
    return this.note(blob) !== undefined
  }

  note(blob: string): TextNote | undefined {
    const key = textKey(blob)
    const sealed = this.#store.shelf.get(key)
    const body = sealed === undefined ? undefined : unseal(key, sealed)
    return body === undefined ? undefined : readTextNote(body)
  }

  /** Texts that were sealed before a time. */
  *sealedBefore(timeMs: number): Generator<string> {
    for (const { key, value } of this.#store.shelf.range(TEXTS)) {
      const body = unseal(key, value)
      const note = body === undefined ? undefined : readTextNote(body)
      if (note === undefined || note.sealedMs < timeMs) yield key.toString('latin1', 1)
    }
  }

  /** Gives up what nobody adds to any more. */
  async sweep(): Promise<void> {
    const beforeMs = this.#wallMs() - this.#options.idleMs
    for (const [blob, upload] of [...this.#uploads]) {
      if (upload.touchedMs >= beforeMs) continue
      this.abandoned += 1
      await this.#inTurn(upload, () => this.#giveUp(blob, upload))
    }
  }

  /** Gives up all that is not whole. */
  async close(): Promise<void> {
    for (const [blob, upload] of [...this.#uploads]) {
      await this.#inTurn(upload, () => this.#giveUp(blob, upload))
    }
  }

  #begin(blob: string): Upload | Refused {
    if (this.has(blob)) return this.#refuse('TEXT_INVALID', 'it is whole already')
    const { uploadsMax } = this.#options
    if (this.#uploads.size >= uploadsMax) {
      return this.#refuse('TEXT_BUSY', `${uploadsMax} others are being taken in`)
    }
    const upload: Upload = {
      ...{ parts: [], length: 0, hash: createHash('sha256'), file: undefined },
      ...{ touchedMs: this.#wallMs(), last: Promise.resolve() },
    }
    this.#uploads.set(blob, upload)
    return upload
  }

  /** One thing after the other for each text. */
  #inTurn<T>(upload: Upload, run: () => Promise<T>): Promise<T> {
    const next = upload.last.then(run, run)
    upload.last = next.catch(() => {})
    return next
  }

  async #append(blob: string, upload: Upload, at: number, bytes: Uint8Array): Promise<Appended> {
    if (this.#uploads.get(blob) !== upload) return this.#refuse('TEXT_GAP', 'it was given up')
    const end = at + bytes.length
    if (at !== upload.length) {
      // The same part once more: the answer to the first time was lost.
      if (end === upload.length) return { kind: 'appended', length: upload.length }
      return this.#refuse('TEXT_GAP', `${upload.length} bytes are there, and this begins at ${at}`)
    }
    if (this.#unsealedBytes + bytes.length > this.#options.unsealedBytesMax) {
      return this.#refuse('TEXT_BUSY', 'too much of other texts is not whole')
    }
    // Only what is taken counts as a touch: who asks in vain would keep a torn upload for ever.
    upload.touchedMs = this.#wallMs()
    try {
      await this.#take(blob, upload, bytes)
    } catch (problem) {
      await this.#giveUp(blob, upload)
      throw problem
    }
    return { kind: 'appended', length: upload.length }
  }

  async #take(blob: string, upload: Upload, bytes: Uint8Array): Promise<void> {
    const own = Uint8Array.from(bytes)
    upload.hash.update(own)
    upload.length += own.length
    this.#unsealedBytes += own.length
    if (upload.file === undefined && upload.length <= this.#options.shortBytesMax) {
      upload.parts.push(own)
      return
    }
    if (this.#long === undefined) {
      throw new JobsFault('TEXT_TOO_LARGE', { limit: this.#options.shortBytesMax })
    }
    upload.file ??= await this.#long.begin(blob)
    for (const part of [...upload.parts.splice(0), own]) await upload.file.append(part)
  }

  async #seal(blob: string, upload: Upload, length: number, sha256: string): Promise<Sealed> {
    if (this.#uploads.get(blob) !== upload) return this.#refuse('TEXT_GAP', 'it was given up')
    if (upload.length !== length) {
      return this.#refuse('TEXT_GAP', `${upload.length} bytes are there, not ${length}`)
    }
    const found = upload.hash.digest('hex')
    if (found !== sha256) {
      await this.#giveUp(blob, upload)
      return this.#refuse('TEXT_DIGEST', `its digest is ${found}, not ${sha256}`)
    }
    try {
      await this.#keep(blob, upload, sha256)
      this.#forget(blob, upload)
    } catch (problem) {
      await this.#giveUp(blob, upload)
      throw problem
    }
    return { kind: 'sealed' }
  }

  async #keep(blob: string, upload: Upload, sha256: string): Promise<void> {
    const { file, length: bytes } = upload
    const about = { bytes, sha256, sealedMs: this.#wallMs() }
    if (file !== undefined) {
      const { pageBytes, sums } = await file.seal()
      await this.#store.change([writeTextNote(blob, { ...about, isLong: true, pageBytes, sums })])
      return
    }
    const key = contentKey(blob)
    const value = seal(key, Buffer.concat(upload.parts))
    const note = writeTextNote(blob, { ...about, isLong: false, pageBytes: 0, sums: [] })
    await this.#store.change([{ key, value }, note])
  }

  async #giveUp(blob: string, upload: Upload): Promise<void> {
    this.#forget(blob, upload)
    await upload.file?.giveUp()
  }

  #forget(blob: string, upload: Upload): void {
    if (this.#uploads.get(blob) !== upload) return
    this.#uploads.delete(blob)
    this.#unsealedBytes -= upload.length
  }

  #short(blob: string): Buffer | undefined {
    const key = contentKey(blob)
    const sealed = this.#store.shelf.get(key)
    return sealed === undefined ? undefined : unseal(key, sealed)
  }

  #isDamaged(): undefined {
    this.damaged += 1
    return undefined
  }

  #refuse(code: string, problem: string): Refused {
    return { kind: 'refused', code, problem }
  }
}
