/**
 * runtime/table: the processes, names and aliases of one node.
 *
 * A process id is its slot plus a generation, so that a slot can be used again while an old
 * address of it finds nobody. Names and aliases have tables of their own.
 *
 * Limit: 2^26 processes at a time (67 million); ids stay whole numbers for 2^27 generations.
 *
 * @source ergo-features 1, 3 (names and aliases)
 */
import { Ring } from '#base/ring'
import { Alias, type Pid, type ProcessName, printed, Ref, TroupeError } from '#contract'
import { type Home, Process } from './process.js'

const SLOT_BITS = 26
const SLOTS = 2 ** SLOT_BITS
const SLOT_MASK = SLOTS - 1
const NAME_BYTES_MAX = 255

export class Table {
  readonly #home: Home
  /** Slot 0 is never used: no process has the id 0. */
  readonly #slots: (Process | undefined)[] = [undefined]
  /** Free slots, the longest free first, so that ids grow slowly and old ones stay unknown. */
  readonly #free = new Ring<number>()
  readonly #names = new Map<string, Process>()
  readonly #aliases = new Map<number, Process>()
  readonly #generation: number[] = [0]
  #lastId = 0
  #size = 0

  constructor(home: Home) {
    this.#home = home
  }

  get size(): number {
    return this.#size
  }

  get names(): number {
    return this.#names.size
  }

  get aliases(): number {
    return this.#aliases.size
  }

  /** The id the next process gets; it is taken by `add`. */
  nextId(): number {
    const slot = this.#free.take()
    if (slot === undefined) return this.#slots.length
    return slot + (this.#generation[slot] ?? 0) * SLOTS
  }

  add(process: Process): void {
    const slot = process.id & SLOT_MASK
    if (slot === this.#slots.length) {
      this.#slots.push(process)
      this.#generation.push(0)
    } else this.#slots[slot] = process
    this.#size += 1
  }

  remove(process: Process): void {
    const slot = process.id & SLOT_MASK
    if (this.#slots[slot] !== process) return
    this.#slots[slot] = undefined
    this.#generation[slot] = (this.#generation[slot] ?? 0) + 1
    this.#free.push(slot)
    this.#size -= 1
  }

  /** The process of a pid of this node; undefined when it has ended. */
  find(pid: Pid): Process | undefined {
    if (pid instanceof Process && pid.home === this.#home) return pid
    // What comes from elsewhere may be anything; a number alone can be masked.
    if (typeof pid?.id !== 'number' || pid.node !== this.#home.name) return undefined
    const process = this.#slots[pid.id & SLOT_MASK]
    const isSame = process !== undefined && process.id === pid.id
    return isSame && pid.creation === this.#home.creation ? process : undefined
  }

  /** The process with this id, unless it has ended. */
  byId(id: number): Process | undefined {
    const process = this.#slots[id & SLOT_MASK]
    return process !== undefined && process.id === id ? process : undefined
  }

  /** Places for processes; some may be empty. */
  get slots(): number {
    return this.#slots.length
  }

  /** The process in a place; undefined when it is empty. */
  inSlot(slot: number): Process | undefined {
    return this.#slots[slot]
  }

  /** Registered names, as they came. */
  allNames(): IterableIterator<string> {
    return this.#names.keys()
  }

  all(): Process[] {
    return this.#slots.filter((process) => process !== undefined)
  }

  /** A number no other ref, alias or watch of this life of the node has. */
  newId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  newRef(): Ref {
    return Ref.of(this.#home.name, this.newId(), this.#home.creation)
  }

  named(name: string): Process | undefined {
    return this.#names.get(name)
  }

  /** NAME_INVALID, NAME_TAKEN. */
  takeName(name: string, process: Process): void {
    requireName(name)
    const holder = this.#names.get(name)
    if (holder !== undefined) {
      throw new TroupeError('NAME_TAKEN', { name, holder: `<${holder.node}.${holder.id}>` })
    }
    this.#names.set(name, process)
  }

  dropName(name: string): void {
    this.#names.delete(name)
  }

  aliased(alias: Alias): Process | undefined {
    const isOurs = alias?.creation === this.#home.creation && alias.node === this.#home.name
    return isOurs ? this.#aliases.get(alias.id) : undefined
  }

  newAlias(process: Process): Alias {
    const alias = Alias.of(this.#home.name, this.newId(), this.#home.creation)
    this.#aliases.set(alias.id, process)
    return alias
  }

  dropAlias(alias: Alias): void {
    this.#aliases.delete(alias.id)
  }

  /** True for an address that belongs to this node. */
  isLocal(address: Pid | Alias | ProcessName): boolean {
    return address.node === undefined || address.node === this.#home.name
  }
}

/** NAME_INVALID for what cannot be the name of a process or an event. */
export function requireName(name: unknown): void {
  const problem = nameProblem(name)
  if (problem !== undefined) throw new TroupeError('NAME_INVALID', { name: printed(name), problem })
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'a name is a string'
  if (name === '') return 'it is empty'
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) return `it is longer than ${NAME_BYTES_MAX} bytes`
  return undefined
}
