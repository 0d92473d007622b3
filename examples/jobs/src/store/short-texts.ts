/**
 * store/short-texts: texts in the memory of a replica until they are sealed, then in its file.
 */
import { createHash } from 'node:crypto'
import type { JobStore } from './job-store.js'
import { contentKey, seal, unseal } from './keys.js'
import type { TextPlace } from './text-place.js'

export class ShortTexts implements TextPlace {
  readonly #store: JobStore
  readonly #parts = new Map<string, Uint8Array[]>()

  constructor(store: JobStore) {
    this.#store = store
  }

  async append(blob: string, at: number, bytes: Uint8Array) {
    const parts = this.#parts.get(blob) ?? []
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    if (at !== length) {
      return { kind: 'refused' as const, code: 'TEXT_GAP', problem: `${length} bytes are there` }
    }
    this.#parts.set(blob, [...parts, bytes])
    return { kind: 'appended' as const, length: length + bytes.length }
  }

  async seal(blob: string, length: number, sha256: string) {
    const content = Buffer.concat(this.#parts.get(blob) ?? [])
    this.#parts.delete(blob)
    const found = createHash('sha256').update(content).digest('hex')
    if (content.length !== length || found !== sha256) {
      return { kind: 'refused' as const, code: 'TEXT_DIGEST', problem: `it is ${found}` }
    }
    const key = contentKey(blob)
    await this.#store.change([{ key, value: seal(key, content) }])
    return { kind: 'sealed' as const }
  }

  async read(blob: string, at: number, length: number) {
    const key = contentKey(blob)
    const sealed = this.#store.shelf.get(key)
    const content = sealed === undefined ? undefined : unseal(key, sealed)
    return content?.subarray(at, at + length)
  }

  async drop(blob: string) {
    this.#parts.delete(blob)
    await this.#store.change([{ key: contentKey(blob), value: undefined }])
  }
}
