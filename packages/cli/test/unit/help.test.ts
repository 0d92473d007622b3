/**
 * unit/help: the help of every command, and what a shell completes.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { candidates } from '#arguments/candidates'
import { helpOf, helpOfAll } from '#arguments/help'
import { parse } from '#arguments/parse'
import { SCRIPTS } from '#commands/completion-scripts'
import { COMMANDS } from '#commands/table'
import { coloured, plain } from '#terminal/paint'

const layout = { width: 100, paint: plain }

describe('the help', () => {
  it('names every command, and every word and option of each', () => {
    const all = helpOfAll(COMMANDS, layout)
    for (const command of COMMANDS) {
      ok(all.includes(`\n  ${command.name} `), command.name)
      const text = helpOf(command, layout)
      for (const { name } of command.options) ok(text.includes(`--${name}`), name)
      for (const { name } of command.words) ok(text.includes(name), name)
      ok(text.includes('--json') && text.includes('--help'))
    }
  })

  it('has examples for every command, and each of them can be typed', () => {
    for (const { name, examples, manages } of COMMANDS) {
      ok(examples.length > 0, name)
      for (const { line } of examples) {
        const typed = line.replace(/ \|.*$/, '').replace(/^eval "\$\((.*)\)"$/, '$1')
        const words = [...typed.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => {
          return quoted ?? bare ?? ''
        })
        equal(words[0], 'troupe', line)
        const parsed = parse(words.slice(1), COMMANDS)
        equal(parsed.kind, 'run', line)
        if (manages === true && name !== 'call' && !/ (list|get)\b/.test(line))
          ok(line.includes('--manage'), line)
      }
    }
  })

  it('fits the width of the terminal', () => {
    const lines = helpOfAll(COMMANDS, { width: 80, paint: plain }).split('\n')
    ok(lines.every((line) => line.length <= 100))
  })

  it('has colours only when it is given some', () => {
    const [command] = COMMANDS
    ok(command !== undefined)
    ok(helpOf(command, { width: 80, paint: coloured }).includes('\u001b['))
    ok(!helpOf(command, layout).includes('\u001b'))
  })
})

describe('completion', () => {
  const words = (...typed: string[]) => candidates(typed, COMMANDS)

  it('knows commands, options and choices by itself', () => {
    ok(words('').words.includes('dead-letters'))
    ok(words('top', '--').words.includes('--sort'))
    ok(words('--').words.includes('--connect'))
    deepEqual(words('top', '--sort', '').words, ['running', 'mailbox', 'in', 'out', 'age'])
    deepEqual(words('top', '--sort', '=').words, words('top', '--sort', '').words)
    equal(words('top', '--sort', '=', 'm').begun, 'm')
    deepEqual(words('app', '').words, ['list', 'start', 'stop'])
    deepEqual(words('completion', 'z').words, ['bash', 'zsh', 'fish'])
  })

  it('asks a node for what only a node knows, by the way that was typed', () => {
    const tree = words('tree', '--node', 'a@b', '--cookie-file=c', 'sh')
    equal(tree.kind, 'application')
    equal(tree.begun, 'sh')
    deepEqual(tree.options, { node: 'a@b', 'cookie-file': 'c' })
    equal(words('inspect', '').kind, 'process')
    equal(words('ping', '').kind, 'node')
    equal(words('tree', '--node', '').kind, 'node')
  })

  it('has nothing to say to what it does not know', () => {
    deepEqual(words('nonsense', 'x').words, [])
    equal(words('tree', 'a', 'b').kind, undefined)
  })

  it('has a script for each shell that asks this program', () => {
    for (const script of Object.values(SCRIPTS)) ok(script.includes('troupe __complete'))
  })
})
