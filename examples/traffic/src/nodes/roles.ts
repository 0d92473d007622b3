/**
 * nodes/roles: which program is which node, and where each part is found from another one.
 */

import { processName } from 'troupe'
import { Storage } from '#traffic/store/storage'
import { Books } from './keeper.js'
import { Lookout } from './lookout.js'
import { ROLES, type Role } from './page.js'

/** The node of a role: of traffic@host it is traffic-storage@host. */
export function nodeOf(role: Role, name: string): string {
  const at = name.lastIndexOf('@')
  return `${name.slice(0, at)}-${role}${name.slice(at)}`
}

/** The addresses of the parts that others ask. */
export interface Addresses {
  readonly storage: ReturnType<typeof storageAt>
  readonly lookout: ReturnType<typeof lookoutAt>
  /** Of the other programs. */
  readonly books: readonly ReturnType<typeof booksAt>[]
}

const storageAt = (node: string) => processName('storage', Storage, node)
const lookoutAt = (node: string) => processName('lookout', Lookout, node)
const booksAt = (node: string) => processName('books', Books, node)

export function addressesFor(role: Role, name: string): Addresses {
  const storage = nodeOf('storage', name)
  const others = ROLES.filter((other) => other !== role)
  return {
    storage: storageAt(storage),
    lookout: lookoutAt(storage),
    books: others.map((other) => booksAt(nodeOf(other, name))),
  }
}
