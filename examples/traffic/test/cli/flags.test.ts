/** cli/flags: the command line is understood or refused with a reason. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FLAGS_DEFAULTS, type Flags, HELP, parseFlags } from '#traffic/cli/flags'

const flagsOf = (...given: string[]): Flags => {
  const verdict = parseFlags(given)
  return verdict.kind === 'run' ? verdict.flags : assert.fail(JSON.stringify(verdict))
}
const problemOf = (...given: string[]): string => {
  const verdict = parseFlags(given)
  return verdict.kind === 'refused' ? verdict.problem : assert.fail(JSON.stringify(verdict))
}

describe('the command line', () => {
  it('without flags asks for the defaults', () => {
    assert.deepEqual(flagsOf(), FLAGS_DEFAULTS)
  })

  it('takes flags with one dash or two, with a blank or an equals sign', () => {
    const given = ['-name', 'a@b', '--cookie=a secret of ours', '-level=debug', '--vehicles', '7']
    const { name, cookie, level, vehicles } = flagsOf(...given)
    assert.deepEqual([name, cookie, level, vehicles], ['a@b', 'a secret of ours', 'debug', 7])
  })

  it('takes a name of the form name@host, and names the flag of any other', () => {
    for (const name of ['traffic', '@host', 'a@', 'a b@host', 'a@b@c', ''])
      assert.match(problemOf('--name', name), /^--name must be of the form name@host/, name)
  })

  it('lets each vehicle report once a second unless a rate is given', () => {
    assert.equal(flagsOf('--vehicles', '50').packetsPerSecond, 50)
    assert.equal(flagsOf('--vehicles', '50', '--rate', '5000').packetsPerSecond, 5_000)
  })

  it('sends nothing of its own with --no-fleet and during a replay', () => {
    assert.equal(flagsOf('--no-fleet').vehicles, 0)
    const { vehicles, replay, speed, isOnce } = flagsOf('--replay', 'day.csv.gz', '--once')
    assert.deepEqual([vehicles, replay, speed, isOnce], [0, 'day.csv.gz', 60, true])
  })

  it('kills a part every five seconds with --chaos, or as often as it is told', () => {
    assert.equal(flagsOf('--chaos').chaosSeconds, 5)
    assert.equal(flagsOf('--chaos-seconds', '0.5').chaosSeconds, 0.5)
  })

  it('keeps its data in a folder unless it is told where, or nowhere', () => {
    assert.equal(flagsOf().dataFolder, './traffic-data')
    assert.equal(flagsOf('--data', '/var/x').dataFolder, '/var/x')
    assert.equal(flagsOf('--no-data').dataFolder, undefined)
  })

  it('answers a newline, what the original did, or nothing', () => {
    assert.equal(flagsOf().reply, 'newline')
    assert.equal(flagsOf('--reply', 'original').reply, 'original')
    assert.match(problemOf('--reply', 'cr'), /--reply must be one of newline, original, none/)
  })

  it('reports emergencies to an address of the web only', () => {
    assert.equal(flagsOf('--emergency-url', 'http://h/x').emergencyUrl, 'http://h/x')
    assert.match(problemOf('--emergency-url', 'file:///etc'), /must begin with http/)
    assert.match(problemOf('--emergency-url', 'h'), /must begin with http/)
  })

  it('asks for help', () => {
    assert.equal(parseFlags(['--help']).kind, 'help')
    assert.equal(parseFlags(['-h']).kind, 'help')
    assert.equal(parseFlags(['--vehicles', '3', '-help']).kind, 'help')
  })

  it('is refused with the name of the flag', () => {
    assert.match(problemOf('--vehicels', '3'), /--vehicels is not known/)
    assert.match(problemOf('vehicles'), /vehicles is no flag/)
    assert.match(problemOf('--vehicles'), /--vehicles needs a value/)
    assert.match(problemOf('--vehicles', 'many'), /--vehicles must be a whole number/)
    assert.match(problemOf('--udp-port', '65536'), /--udp-port/)
    assert.match(problemOf('--level', 'loud'), /--level must be one of/)
    assert.match(problemOf('--chaos=yes'), /--chaos takes no value/)
    assert.match(problemOf('--speed', '0', '--replay', 'a'), /--speed/)
    assert.match(problemOf('--nodes', '2'), /--nodes must be 1 or 3/)
    assert.match(problemOf('--role', 'desk'), /--role must be one of storage, ingest, web/)
    assert.match(problemOf('--nodes', '3', '--replay', 'f', '--once'), /--once and --nodes/)
    assert.match(problemOf('--speed', '10'), /--speed needs --replay/)
    assert.match(problemOf('--once'), /--once needs --replay/)
    assert.match(problemOf('--constructor'), /--constructor is not known/)
    assert.match(problemOf('--cookie', 'short'), /--cookie must have 16 to 1024 characters/)
    assert.match(problemOf('--flush', '5'), /--flush must be a whole number of milliseconds from/)
  })

  it('is refused where one flag would leave another without effect', () => {
    const clashes = [
      ...[
        ['--data', 'd', '--no-data'],
        ['--flush', '50', '--no-data'],
      ],
      ...['--vehicles', '--rate', '--seed'].map((flag) => ['--no-fleet', flag, '3']),
      ...['--vehicles', '--rate', '--seed'].map((flag) => [flag, '3', '--replay', 'f']),
      ['--no-fleet', '--replay', 'f'],
    ]
    for (const given of clashes) {
      const flags = given.filter((word) => word.startsWith('--'))
      const problem = problemOf(...given)
      assert.match(problem, /^--\S+ and --\S+ exclude each other$/)
      assert.ok(
        flags.every((flag) => problem.includes(`${flag} `)),
        problem,
      )
    }
  })

  it('drives the same fleet in every run, so that none leaves ghosts in the data', () => {
    assert.equal(flagsOf().seed, flagsOf().seed)
    assert.equal(typeof FLAGS_DEFAULTS.seed, 'number')
  })

  it('has a verdict whatever is typed', () => {
    fc.assert(fc.property(fc.array(fc.string()), (given) => parseFlags(given).kind !== undefined))
  })

  it('is explained flag by flag, in lines that fit a terminal', () => {
    for (const flag of [
      ...['vehicles', 'rate', 'no-fleet', 'replay', 'speed', 'chaos', 'name', 'cookie', 'level'],
      ...['udp-port', 'tcp-port', 'https-port', 'http', 'data', 'no-data', 'reply'],
      ...['expire-after', 'emergency-url', 'receive-buffer', 'nodes', 'role', 'registrar-port'],
    ]) {
      assert.match(HELP, new RegExp(`--${flag}\\b`))
    }
    assert.ok(HELP.split('\n').every((line) => line.length <= 80))
  })
})
