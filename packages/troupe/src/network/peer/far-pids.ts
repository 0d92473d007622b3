/**
 * network/peer/far-pids: the pids of one other node, made once for each of its busy processes.
 *
 * A message names its sender by a number; the pid for it is taken from a small table, so that a
 * busy sender costs no object for each message. Limit: `PLACES`; further ones push each other out.
 */
import { inspect } from 'node:util'
import { Pid } from '#contract'

const PLACES = 1_024

/** The address of a process of another node. */
class FarPid implements Pid {
  readonly kind = 'pid'
  readonly node: string
  readonly id: number
  readonly creation: number

  constructor(node: string, id: number, creation: number) {
    this.node = node
    this.id = id
    this.creation = creation
  }

  toString(): string {
    return Pid.format(this)
  }

  [inspect.custom](): string {
    return Pid.format(this)
  }
}

export class FarPids {
  readonly #node: string
  readonly #creation: number
  readonly #places: (Pid | undefined)[] = new Array<Pid | undefined>(PLACES).fill(undefined)

  constructor(node: string, creation: number) {
    this.#node = node
    this.#creation = creation
  }

  of(id: number): Pid {
    const place = id & (PLACES - 1)
    const known = this.#places[place]
    if (known !== undefined && known.id === id) return known
    const pid = new FarPid(this.#node, id, this.#creation)
    this.#places[place] = pid
    return pid
  }
}
