/**
 * network/codec/encoder: values to bytes; docs/reference/wire.md tells which.
 *
 * One encoder serves one direction of one session: its dictionaries are part of the stream, so
 * what it has written must reach the decoder whole and in order. `mark` and `rollback` take a
 * message back, bytes and entries alike. Knows nothing of frames and connections.
 *
 * Not re-entrant: a getter or a codec that sends while its own value is being written would write
 * into the middle of it; `busy` tells, and `value` refuses.
 *
 * @source ergo-features 20
 */
import { formatTarget, type Pid, type Target, TroupeError } from '#contract'
import { isAddress, writeAddress } from './address-writing.js'
import { type CustomCodecs, programCodecs } from './custom-codecs.js'
import { type CodecLimits, codecLimits } from './limits.js'
import { writeRare } from './rare-writing.js'
import { mayBeAddress, type Shape, Shapes } from './shapes.js'
import {
  ARRAY,
  ARRAY_SHORT,
  ARRAY_SHORT_MAX,
  FALSE,
  NULL,
  OBJECT,
  SHAPE,
  SHAPE_NEW,
  SHAPE_SHORT,
  SHAPE_SHORT_MAX,
  TRUE,
  UNDEFINED,
} from './tag.js'
import { UNSUPPORTED, unsupportedProblem } from './unsupported.js'
import { OVER_LIMIT, Writer } from './writer.js'

/** What an encoder is made of. */
export interface EncoderSettings {
  readonly limits?: Partial<CodecLimits>
  /** For objects of classes; default those of `registerCodec`. */
  readonly codecs?: CustomCodecs
  /** Where to begin; default a small one that grows. */
  readonly buffer?: Buffer
  /** Errors carry their stacks; default false: they tell strangers what lies where. */
  readonly stacks?: boolean
}

/** A value in parts that were not joined; nobody may change what they were cut from. */
export interface Rope {
  readonly parts: readonly Uint8Array[]
  /** All parts together. */
  readonly bytes: number
}

type Fields = Readonly<Record<string, unknown>>

/** Room to begin with; whoever writes much brings a buffer. */
const BUFFER_BYTES = 2_048
const NESTED = 'it was sent while another message was being written'
const PLAIN: object = Object.prototype
const ARRAYS: object = Array.prototype

export class Encoder extends Writer {
  readonly codecs: CustomCodecs
  readonly stacks: boolean
  readonly #shapes: Shapes
  #depth = 0
  #containersLeft = 0
  #busy = false
  #markAt = 0
  #markNames = 0
  #markShapes = 0

  constructor(settings: EncoderSettings = {}) {
    super(codecLimits(settings.limits), settings.buffer ?? Buffer.allocUnsafeSlow(BUFFER_BYTES))
    this.codecs = settings.codecs ?? programCodecs
    this.stacks = settings.stacks ?? false
    this.#shapes = new Shapes(this.limits)
  }

  /** A value is being written now: no other may be begun. */
  get busy(): boolean {
    return this.#busy
  }

  /** Entries in the dictionary of shapes. */
  get shapeCount(): number {
    return this.#shapes.count
  }

  /** Begins a message here: values may grow to `bytesMax` from here, and `rollback` comes back. */
  mark(bytesMax: number = Number.POSITIVE_INFINITY): void {
    this.#markAt = this.position
    this.#markNames = this.nameCount
    this.#markShapes = this.#shapes.count
    this.limitAt = this.position + bytesMax
  }

  /** Takes back everything since `mark`: bytes and entries of dictionaries. */
  rollback(): void {
    this.position = this.#markAt
    this.forgetNames(this.#markNames)
    this.#shapes.forget(this.#markShapes)
  }

  /**
   * Any value that can be sent. False when it is larger than `mark` allowed: roll back, and weave
   * a rope or refuse it. Throws PAYLOAD_UNSUPPORTED, naming `to` and the path to what cannot be
   * sent; roll back then as well.
   */
  value(value: unknown, to: EncodingTarget = 'another node'): boolean {
    if (this.#busy) throw unsupported(to, NESTED)
    this.#busy = true
    this.#depth = 0
    this.#containersLeft = this.limits.containersMax
    this.bounded = true
    if (this.limitAt < this.end) this.end = this.limitAt
    try {
      this.write(value)
      return this.position <= this.limitAt
    } catch (thrown) {
      if (thrown === OVER_LIMIT) return false
      throw unsupported(to, unsupportedProblem(value, thrown, this), thrown)
    } finally {
      this.bounded = false
      if (this.limitAt <= this.end) this.measure()
      this.#busy = false
    }
  }

  /** A pid without a tag: name of the node, id, creation. The same form serves refs and aliases. */
  pid(pid: Pick<Pid, 'node' | 'id' | 'creation'>): void {
    this.name(pid.node)
    this.uint(pid.id)
    this.uint(pid.creation)
  }

  /** An address with its tag, as within values. */
  address(address: Target): void {
    writeAddress(this, address)
  }

  /**
   * Writes something apart: with entries of the dictionaries that exist, adding none, into parts
   * of its own; binaries of 16 KB and more are referenced, not copied. Undefined when it grew
   * beyond `bytesMax`. Throws what `write` throws. What was written before stays as it is.
   */
  apart(bytesMax: number, write: (encoder: Encoder) => boolean): Rope | undefined {
    const { buffer, position, base, limitAt } = this
    if (this.#busy) throw unsupported('another node', NESTED)
    this.beginRope(bytesMax)
    try {
      if (!write(this)) return undefined
      const parts = this.endRope()
      const bytes = parts.reduce((sum, part) => sum + part.length, 0)
      return bytes <= bytesMax ? { parts, bytes } : undefined
    } finally {
      this.rope = undefined
      this.limitAt = limitAt
      this.use(buffer, position, base)
    }
  }

  /** Any value, within the run of `value`. For the parts of containers and for codecs. */
  write(value: unknown): void {
    if (this.position > this.end) this.room(0)
    switch (typeof value) {
      case 'number':
        this.number(value)
        break
      case 'string':
        this.string(value)
        break
      case 'object':
        if (value === null) this.buffer[this.position++] = NULL
        else this.#object(value)
        break
      case 'boolean':
        this.buffer[this.position++] = value ? TRUE : FALSE
        break
      case 'undefined':
        this.buffer[this.position++] = UNDEFINED
        break
      default:
        writeRare(this, value)
    }
  }

  #object(value: object): void {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === PLAIN) this.plain(value as Fields)
    else if (prototype === ARRAYS && Array.isArray(value)) this.array(value)
    else writeRare(this, value)
  }

  /** An array; holes become undefined. */
  array(values: readonly unknown[]): void {
    const { length } = values
    this.enter()
    if (length <= ARRAY_SHORT_MAX) this.buffer[this.position++] = ARRAY_SHORT | length
    else {
      // Each takes at least a byte: a long one need not be begun.
      this.check(length)
      this.tagged(ARRAY, length)
    }
    for (let i = 0; i < length; i += 1) this.write(values[i])
    // A getter may have changed it meanwhile, which does no harm: so many were promised.
    this.leave()
  }

  /** A plain object: by its shape where it has one. */
  plain(value: Fields): void {
    const shape = this.#shapes.find(value)
    if (shape === undefined) this.#unshaped(value)
    else if (shape.isAddress && isAddress(value)) writeAddress(this, value)
    else this.#shaped(value, shape)
  }

  #shaped(value: Fields, shape: Shape): void {
    const { id } = shape
    const { buffer, position } = this
    if (id <= SHAPE_SHORT_MAX) {
      buffer[position] = SHAPE_SHORT + id
      this.position = position + 1
    } else {
      buffer[position] = SHAPE
      buffer[position + 1] = id >> 8
      buffer[position + 2] = id
      this.position = position + 3
    }
    this.#fields(value, shape)
  }

  #fields(value: Fields, shape: Shape): void {
    this.enter()
    let count = 0
    for (const key in value) {
      this.write(value[key])
      count += 1
    }
    if (count !== shape.keyCount) throw UNSUPPORTED
    this.leave()
  }

  #unshaped(value: Fields): void {
    const keys = Object.keys(value)
    if (mayBeAddress(keys) && isAddress(value)) {
      writeAddress(this, value)
      return
    }
    if (keys.includes('__proto__')) throw UNSUPPORTED
    const shape = this.rope === undefined ? this.#learn(value, keys) : undefined
    if (shape === undefined) this.named(OBJECT, value, keys)
    else this.#newShape(value, keys, shape)
  }

  #newShape(value: Fields, keys: readonly string[], shape: Shape): void {
    this.byte(SHAPE_NEW)
    this.uint(keys.length)
    for (const key of keys) this.string(key)
    this.#fields(value, shape)
  }

  /** Only what `for in` tells the same as `Object.keys` may be found by `for in` later. */
  #learn(value: object, keys: readonly string[]): Shape | undefined {
    let at = 0
    for (const key in value) if (keys[at++] !== key) return undefined
    return at === keys.length ? this.#shapes.learn(keys) : undefined
  }

  /** An object with its keys in front of its values. */
  named(tag: number, value: Fields, keys: readonly string[]): void {
    this.enter()
    this.check(keys.length)
    this.tagged(tag, keys.length)
    for (const key of keys) {
      this.string(key)
      this.write(value[key])
    }
    this.leave()
  }

  /** Counts a container by its weight; throws when it is one too many or too deep. */
  enter(weight = 1): void {
    this.#depth += 1
    this.#containersLeft -= weight
    if (this.#depth > this.limits.depthMax || this.#containersLeft < 0) throw UNSUPPORTED
    if (this.position > this.end) this.room(0)
  }

  leave(): void {
    this.#depth -= 1
  }
}

/** To whom something is sent, as told in errors. */
export type EncodingTarget = Parameters<typeof formatTarget>[0]

const unsupported = (to: EncodingTarget, problem: string, cause?: unknown): TroupeError => {
  const isOurs = cause === undefined || cause === UNSUPPORTED
  const detail = { to: formatTarget(to), problem }
  return new TroupeError('PAYLOAD_UNSUPPORTED', detail, isOurs ? undefined : cause)
}
