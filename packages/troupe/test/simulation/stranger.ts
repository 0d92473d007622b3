/**
 * stranger: a program at the socket of a simulated machine that is no node and says what it likes.
 */
import assert from 'node:assert/strict'
import { Greeting } from '#cluster/registrar/embedded/greeting'
import type { Link } from '#cluster/registrar/embedded/link'
import type { Town } from './embedded-kit.js'

/** A program of the machine that is no node. */
export class Stranger {
  readonly link: Link
  isClosed = false
  readonly lines: string[] = []
  #greeting: Greeting | undefined

  constructor(link: Link) {
    this.link = link
  }

  static async dial(town: Town): Promise<Stranger> {
    const { life } = town.network.host('stranger')
    const link = await town.clock.until(town.path.placeOf(life).dial())
    assert.ok(typeof link === 'object')
    return new Stranger(link)
  }

  /** Says raw bytes. */
  async says(town: Town, bytes: Uint8Array): Promise<void> {
    this.link.start({
      data() {},
      closed: () => {
        this.isClosed = true
      },
    })
    this.link.write(bytes)
    await town.clock.advance(10)
  }

  /** Greets with a key, and says lines behind it. */
  async greets(town: Town, key: Uint8Array): Promise<void> {
    this.#greeting = new Greeting(
      this.link,
      'client',
      { key, lineBytesMax: 1e9, randomBytes: (length) => new Uint8Array(length).fill(3) },
      {
        proven() {},
        line: (bytes) => this.lines.push(Buffer.from(bytes).toString()),
        closed: () => {
          this.isClosed = true
        },
      },
    )
    this.#greeting.start()
    await town.clock.advance(10)
  }

  async line(town: Town, text: string): Promise<void> {
    this.#greeting?.write(Buffer.from(`${text}\n`))
    await town.clock.advance(5)
  }
}
