/**
 * network/codec/decoder: pids by cache, views and copies, and programs that may compile no code.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Pid, TroupeError } from '#contract'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { bytesOf } from '#test/unit/network/codec/pair'
import { told } from '#test/unit/network/codec/told'

const DIST = new URL('../../../../dist/network/codec/', import.meta.url)

describe('pids', () => {
  it('are made by the function that was given, so that they may be records or kept', () => {
    const made: Pid[] = []
    const pids = (node: string, id: number, creation: number): Pid => {
      const pid = made[id] ?? Pid.of(node, id, creation)
      made[id] = pid
      return pid
    }
    const decoder = new Decoder({ pids })
    const pid = Pid.of('a@host', 3, 9)
    decoder.reset(Buffer.from(bytesOf(new Encoder(), [pid, pid, { pid }])))
    const [first, second, third] = decoder.value() as [Pid, Pid, { pid: Pid }]
    assert.ok(first === second && second === third.pid && Pid.equals(first, pid))
  })

  it('that are kept may be keys of a map twice', () => {
    const kept = Pid.of('a@host', 1, 1)
    const decoder = new Decoder({ pids: () => kept })
    const map = new Map([
      [Pid.of('a@host', 1, 1), 1],
      [Pid.of('a@host', 1, 1), 2],
    ])
    decoder.reset(Buffer.from(bytesOf(new Encoder(), map)))
    assert.deepEqual(decoder.value(), new Map([[kept, 2]]))
  })
})

describe('addresses by themselves', () => {
  it('are read with their tag, and nothing else is', () => {
    const encoder = new Encoder()
    encoder.address({ kind: 'name', name: 'stock', node: 'b@host' })
    encoder.value('stock')
    const decoder = new Decoder()
    decoder.reset(encoder.buffer, 0, encoder.position)
    assert.equal(told(decoder.address()), told({ kind: 'name', name: 'stock', node: 'b@host' }))
    assert.throws(() => decoder.address(), { code: 'CODEC_INVALID' })
  })
})

describe('binaries', () => {
  const value = {
    bytes: new Uint8Array(100).fill(1),
    buffer: Buffer.alloc(50, 2),
    doubles: new Float64Array([1, 2, 3]),
    words: new Uint16Array(40).fill(3),
    view: new DataView(new ArrayBuffer(9)),
    whole: new Uint8Array(30).fill(4).buffer,
  }
  const read = (mayShare: boolean, before: number): [Record<string, unknown>, Buffer] => {
    const bytes = Buffer.from(Uint8Array.from(bytesOf(new Encoder(), value)).buffer)
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const decoder = new Decoder()
    decoder.reset(whole, before, whole.length, mayShare)
    return [decoder.value() as Record<string, unknown>, whole]
  }

  it('are copies that share nothing, unless the buffer is theirs', () => {
    const [got, whole] = read(false, 0)
    assert.equal(told(got), told(value))
    whole.fill(9)
    assert.equal(told(got), told(value))
    for (const one of Object.values(got)) {
      if (ArrayBuffer.isView(one)) assert.equal(one.buffer.byteLength, one.byteLength)
    }
  })

  it('are views where the buffer is theirs and their elements lie right', () => {
    for (let before = 0; before < 8; before += 1) {
      const [got, whole] = read(true, before)
      assert.equal(told(got), told(value))
      assert.equal((got['bytes'] as Uint8Array).buffer, whole.buffer)
      assert.equal((got['buffer'] as Buffer).buffer, whole.buffer)
      assert.notEqual(got['whole'], whole.buffer)
    }
  })
})

describe('errors', () => {
  const sent = (error: Error, stacks: boolean): Error => {
    const decoder = new Decoder()
    decoder.reset(Buffer.from(bytesOf(new Encoder({ stacks }), error)))
    return decoder.value() as Error
  }

  it('leave their stacks behind unless told otherwise', () => {
    const error = new RangeError('too far')
    assert.equal(sent(error, false).stack, 'RangeError: too far')
    assert.equal(sent(error, true).stack, error.stack)
  })

  it('are made without asking where that happens', () => {
    const { stackTraceLimit } = Error
    sent(new Error('x'), false)
    assert.equal(Error.stackTraceLimit, stackTraceLimit)
  })

  it('with a code that only the other version knows keep code, detail and text', () => {
    const known = new TroupeError('NO_ROUTE', { node: 'b@host' })
    const bytes = Buffer.from(bytesOf(new Encoder(), known))
    const at = bytes.indexOf('NO_ROUTE')
    bytes.write('NO_RULES', at, 'latin1')
    const decoder = new Decoder()
    decoder.reset(bytes)
    const error = decoder.value() as TroupeError
    assert.equal(TroupeError.is(error), false)
    assert.equal(error.name, 'TroupeError')
    assert.equal(error.code as string, 'NO_RULES')
    assert.deepEqual(error.detail, { node: 'b@host' })
    assert.equal(error.message, known.message)
  })
})

describe('a program that may compile no code', () => {
  it('reads and writes the same', () => {
    const script = `
      const { Encoder } = await import(${JSON.stringify(new URL('encoder.js', DIST).href)})
      const { Decoder } = await import(${JSON.stringify(new URL('decoder.js', DIST).href)})
      const [encoder, decoder] = [new Encoder(), new Decoder()]
      for (let i = 0; i < 100; i += 1) encoder.value({ by: i, at: [i] })
      decoder.reset(encoder.buffer, 0, encoder.position)
      for (let i = 0; i < 100; i += 1) console.log(JSON.stringify(decoder.value()))`
    const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script]
    const { stdout, stderr, status } = spawnSync(process.execPath, flags, {
      encoding: 'utf8',
      cwd: fileURLToPath(DIST),
    })
    assert.equal(status, 0, stderr)
    const lines = stdout.trim().split('\n')
    assert.deepEqual(JSON.parse(lines[99] ?? ''), { by: 99, at: [99] })
    assert.equal(lines.length, 100)
  })
})
