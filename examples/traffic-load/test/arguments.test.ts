/** arguments: what the command line of the load generator means. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseArguments } from '#load/arguments'

const givenOf = (...words: readonly string[]) => {
  const verdict = parseArguments(words)
  assert.equal(verdict.kind, 'run', JSON.stringify(verdict))
  return verdict.kind === 'run' ? verdict.given : assert.fail()
}
const problemOf = (...words: readonly string[]) => {
  const verdict = parseArguments(words)
  return verdict.kind === 'refused' ? verdict.problem : assert.fail(verdict.kind)
}

describe('the arguments of the load generator', () => {
  it('are a destination and a number of vehicles, each of which reports once a second', () => {
    const { host, port, vehicles, packetsPerSecond, sockets } = givenOf('localhost:9092', '400')
    assert.deepEqual([host, port], ['localhost', 9_092])
    assert.deepEqual([vehicles, packetsPerSecond, sockets], [400, 400, 1])
  })

  it('may leave out the vehicles: then there are two', () => {
    assert.equal(givenOf('localhost:9092').vehicles, 2)
  })

  it('take an address of IPv6 in brackets', () => {
    assert.equal(givenOf('[::1]:9092', '3').host, '::1')
  })

  it('take flags anywhere, with one dash or two and both ways to give a value', () => {
    const given = givenOf('--rate', '5000', 'h:1', '-sockets=3', '10', '--seed', '0')
    assert.deepEqual([given.packetsPerSecond, given.sockets, given.seed], [5_000, 3, 0])
  })

  it('are refused by name when they cannot be', () => {
    assert.match(problemOf(), /HOST:PORT is missing/)
    assert.match(problemOf('localhost', '3'), /localhost is not HOST:PORT/)
    assert.match(problemOf('localhost:70000'), /is not HOST:PORT/)
    assert.match(problemOf('h:1', '0'), /VEHICLES must be/)
    assert.match(problemOf('h:1', '3', '4'), /4 is one word too many/)
    assert.match(problemOf('h:1', '--rate'), /--rate must be/)
    assert.match(problemOf('h:1', '--speed', '3'), /--speed is not known/)
    assert.match(problemOf('h:1', '--constructor', '3'), /--constructor is not known/)
  })
})
