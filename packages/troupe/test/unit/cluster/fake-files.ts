/**
 * Files and links in memory, for a configuration that is watched in virtual time.
 */
import { basename, dirname, posix } from 'node:path'
import type { PathEntry } from '#cluster/config/link-places'
import type { ConfigFiles, FileReading } from '#cluster/config/watched-file'

type Entry = FileReading | { readonly kind: 'link'; readonly target: string }

export class FakeFiles implements ConfigFiles {
  readonly #entries = new Map<string, Entry>()
  readonly #watchers = new Map<string, Set<(name: string | undefined) => void>>()
  /** Nothing is told any more, as on a file system of the network. */
  mute = false
  reads = 0

  /** Directories that are watched. */
  get watched(): readonly string[] {
    return [...this.#watchers].filter(([, told]) => told.size > 0).map(([directory]) => directory)
  }

  write(path: string, text: string): void {
    this.#put(path, { kind: 'text', text })
  }

  fail(path: string, problem: string): void {
    this.#put(path, { kind: 'failed', problem })
  }

  link(path: string, target: string): void {
    this.#put(path, { kind: 'link', target })
  }

  remove(path: string): void {
    this.#entries.delete(path)
    this.#tellAll(path)
  }

  /** The directory of a path tells its name. */
  tell(path: string, name: string | undefined = basename(path)): void {
    if (this.mute) return
    for (const told of this.#watchers.get(dirname(path)) ?? []) told(name)
  }

  async read(path: string): Promise<FileReading> {
    this.reads += 1
    const entry = this.#entries.get(this.#real(path))
    return entry === undefined || entry.kind === 'link' ? { kind: 'absent' } : entry
  }

  async replace(
    path: string,
    _bytesMax: number,
    change: (text: string | undefined) => string | undefined,
  ): Promise<string | undefined> {
    const entry = this.#entries.get(this.#real(path))
    if (entry?.kind === 'failed') return entry.problem
    const text = change(entry?.kind === 'text' ? entry.text : undefined)
    if (text !== undefined) this.write(this.#real(path), text)
    return undefined
  }

  async entryOf(path: string): Promise<PathEntry> {
    const entry = this.#entries.get(path)
    if (entry?.kind === 'link') return entry
    const isThere = entry !== undefined || this.#isDirectory(path)
    return { kind: isThere ? 'other' : 'absent' }
  }

  async identityOf(directory: string): Promise<string | undefined> {
    return this.#isDirectory(directory) ? directory : undefined
  }

  watch(directory: string, changed: (name: string | undefined) => void): () => void {
    const told = this.#watchers.get(directory) ?? new Set()
    this.#watchers.set(directory, told.add(changed))
    return () => void told.delete(changed)
  }

  #put(path: string, entry: Entry): void {
    this.#entries.set(path, entry)
    this.#tellAll(path)
  }

  /** A directory here comes and goes with what is in it. */
  #tellAll(path: string): void {
    const others = [...this.#entries.keys()].filter((one) => one !== path)
    const isShared = (directory: string): boolean =>
      directory === '/' || others.some((one) => one.startsWith(`${directory}/`))
    let at = path
    this.tell(at)
    while (!isShared(dirname(at))) {
      at = dirname(at)
      this.tell(at)
    }
  }

  #isDirectory(path: string): boolean {
    return path === '/' || [...this.#entries.keys()].some((one) => one.startsWith(`${path}/`))
  }

  /** A path with its links followed, component by component. */
  #real(path: string): string {
    let at = '/'
    for (const name of path.split('/').filter((part) => part !== '')) {
      at = posix.join(at, name)
      const entry = this.#entries.get(at)
      if (entry?.kind === 'link') at = this.#real(posix.resolve(dirname(at), entry.target))
    }
    return at
  }
}
