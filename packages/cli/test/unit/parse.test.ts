/**
 * unit/parse: what was typed is read, and every mistake is told in a sentence.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Parsed, parse } from '#arguments/parse'
import { CommandFault } from '#cli/fault'
import { COMMANDS } from '#commands/table'

const read = (...typed: string[]): Parsed => parse(typed, COMMANDS)

/** The sentence and the remedy of a fault of usage. */
function faultOf(...typed: string[]): string {
  try {
    read(...typed)
  } catch (thrown) {
    ok(thrown instanceof CommandFault)
    equal(thrown.facts.exitCode, 2)
    return `${thrown.facts.sentence} ${thrown.facts.remedy}`
  }
  return 'no fault'
}

function givenBy(...typed: string[]) {
  const parsed = read(...typed)
  ok(parsed.kind === 'run')
  const { command, words, options } = parsed.given
  return { command: command.name, words, options }
}

describe('the words that were typed', () => {
  it('are a command, its words and its options, which may stand before it, too', () => {
    deepEqual(givenBy('--node', 'a@b', 'tree', 'shop', '--json'), {
      ...{ command: 'tree', words: ['shop'] },
      options: { node: 'a@b', json: true },
    })
  })

  it('may give an option its value behind = or by its letter', () => {
    deepEqual(givenBy('logs', '-f', '-n', '5', '--level=warning').options, {
      ...{ follow: true, lines: '5', level: 'warning' },
    })
  })

  it('are words and no options after --', () => {
    deepEqual(givenBy('call', 'stock', 'add', '--manage', '--', '-5').words, ['stock', 'add', '-5'])
  })

  it('ask for help wherever --help stands', () => {
    equal(read('--help').kind, 'help')
    const parsed = read('tree', '--nonsense', '-h')
    ok(parsed.kind === 'help')
    equal(parsed.command?.name, 'tree')
    equal(read().kind, 'help')
    equal(read('--version').kind, 'version')
  })
})

describe('a mistake of typing', () => {
  it('in a command is answered with the one that was meant', () => {
    equal(faultOf('tpo'), 'There is no command "tpo". Did you mean: troupe top')
    equal(faultOf('dead'), 'There is no command "dead". Did you mean: troupe dead-letters')
    equal(faultOf('xyzzy'), 'There is no command "xyzzy". See: troupe --help')
    equal(faultOf('constructor'), 'There is no command "constructor". See: troupe --help')
    equal(faultOf('\u001b[31m'), 'There is no command "\\u001b[31m". See: troupe --help')
  })

  it('in an option is refused: nothing is done without what it asked for', () => {
    equal(
      faultOf('app', 'stop', 'shop', '--mange'),
      'troupe app has no option --mange. Did you mean --manage? See: troupe app --help',
    )
    equal(
      faultOf('tree', '--follow'),
      'troupe tree has no option --follow; it belongs to logs, dead-letters. ' +
        'See: troupe tree --help',
    )
    ok(faultOf('call', 'a', 'b', '-5').includes('comes after --'))
    ok(faultOf('completion', 'bash', '--node', 'a').includes('has no option --node'))
    ok(faultOf('--nodes').includes('has no option --nodes'))
  })

  it('in a value names the option', () => {
    ok(faultOf('logs', '--level').includes('--level needs a value: --level LEVEL'))
    ok(faultOf('logs', '--level', '--json').includes('write: --level=--json'))
    ok(faultOf('logs', '--level', 'warn').includes('did you mean warning?'))
    ok(faultOf('top', '--once=yes').includes('is a switch'))
    ok(faultOf('nodes', '--version').includes('stands alone'))
  })

  it('in the words names what is missing or too much', () => {
    ok(faultOf('spawn', 'a@b').includes('needs FACTORY'))
    ok(faultOf('spawn', 'a@b').includes('Usage: troupe spawn NODE FACTORY [options]'))
    ok(faultOf('nodes', 'all').includes('does not take the word "all"'))
    ok(faultOf('app', 'restart', 'shop').includes('Choose one of: list, start, stop'))
    ok(faultOf('completion', 'powershell').includes('bash, zsh, fish'))
  })
})
