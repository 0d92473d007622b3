/**
 * cluster/registrar/embedded/socket-places: the place of a host: a Unix socket, or a TCP port.
 *
 * A socket file is taken over from a server that has frozen: a new one is made beside it and
 * renamed into its place, at one moment, and the old server sees that what lies there is not its
 * own. A port cannot be taken from a frozen program: there it has to end first.
 *
 * @source unix(7); rename(2), link(2)
 */
import { linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { folderFault } from '#base/private-folder'
import { TroupeError } from '#contract/errors'
import type { Claim, DialProblem, Link, Place } from './link.js'
import { dialSocket, listenSocket } from './socket-link.js'

const LOOPBACK = '127.0.0.1'

export class UnixPlace implements Place {
  readonly name: string
  readonly #unique: () => string

  /** `unique` gives words that no other program makes. */
  constructor(path: string, unique: () => string) {
    this.name = path
    this.#unique = unique
  }

  holder(): string | undefined {
    return lookAt(this.name)
  }

  dial(): Promise<Link | DialProblem> {
    // Who may write in the folder could lie at the place and listen to what is said there.
    const isForeign = faultOf(dirname(this.name)) !== undefined
    return isForeign ? Promise.resolve('failed') : dialSocket({ path: this.name })
  }

  async claim(
    instead: string | undefined,
    accept: (link: Link) => void,
  ): Promise<Claim | undefined> {
    const aside = `${this.name}.${this.#unique()}`
    const server = await this.#listen(aside, accept)
    const holder = lookAt(aside)
    try {
      if (holder !== undefined && this.#put(aside, instead)) {
        return new UnixClaim(this.name, holder, server)
      }
    } catch (thrown) {
      server.close()
      throw failure(this.name, thrown)
    }
    server.close()
    return undefined
  }

  async #listen(path: string, accept: (link: Link) => void): Promise<Server> {
    try {
      // Some systems empty their folder for such files while programs run.
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const fault = faultOf(dirname(path))
      if (fault === undefined) return await listenSocket({ path }, accept)
      return await Promise.reject(fault)
    } catch (thrown) {
      throw failure(this.name, thrown)
    }
  }

  /** At one moment, as long as what lies there is what it was; false: it is not. */
  #put(aside: string, instead: string | undefined): boolean {
    if (instead !== undefined) {
      if (this.holder() !== instead) return false
      renameSync(aside, this.name)
      return true
    }
    try {
      linkSync(aside, this.name)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw thrown
    }
    unlinkSync(aside)
    return true
  }
}

class UnixClaim implements Claim {
  readonly holder: string
  readonly #path: string
  readonly #server: Server

  constructor(path: string, holder: string, server: Server) {
    this.#path = path
    this.holder = holder
    this.#server = server
  }

  holds(): boolean {
    return lookAt(this.#path) === this.holder
  }

  release(): void {
    if (this.holds()) {
      try {
        unlinkSync(this.#path)
      } catch {
        // Somebody else has, between the look and this.
      }
    }
    this.#server.close()
  }
}

/** Which file lies at a path: two that were made one after the other are told apart. */
function lookAt(path: string): string | undefined {
  const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return facts === undefined ? undefined : `${facts.ino} ${facts.mtimeNs}`
}

/** Why a folder cannot be trusted; nothing is wrong with one that is not there. */
function faultOf(folder: string): string | undefined {
  try {
    return folderFault(folder, lstatSync(folder), process.geteuid?.())
  } catch {
    return undefined
  }
}

const failure = (place: string, thrown: unknown): TroupeError => {
  const problem = `${place}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  return new TroupeError('REGISTRAR_FAILED', { registrar: 'embedded', problem })
}

/** A port of the loopback address. */
export class TcpPlace implements Place {
  readonly name: string
  readonly #port: number

  constructor(port: number) {
    this.#port = port
    this.name = `${LOOPBACK}:${port}`
  }

  /** Nobody can see who holds a port: it is dialled. */
  holder(): string {
    return this.name
  }

  dial(): Promise<Link | DialProblem> {
    return dialSocket({ host: LOOPBACK, port: this.#port })
  }

  async claim(_: string | undefined, accept: (link: Link) => void): Promise<Claim | undefined> {
    try {
      const server = await listenSocket({ host: LOOPBACK, port: this.#port }, accept)
      const holder = this.name
      return { holder, holds: () => server.listening, release: () => void server.close() }
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
      throw failure(this.name, thrown)
    }
  }
}
