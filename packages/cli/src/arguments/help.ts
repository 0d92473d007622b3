/**
 * arguments/help: the text of `--help`, made of the table of commands.
 */
import type { Paint } from '#terminal/paint'
import { columnsOf, padded, wrapped } from '#terminal/width'
import type { CommandSpec, Example, OptionSpec } from './command-spec.js'
import { CONNECTION_OPTIONS, OUTPUT_OPTIONS, VERSION_OPTION } from './common-options.js'
import { usageOf } from './parse.js'

/** How a text is laid out. */
export interface Layout {
  readonly width: number
  readonly paint: Paint
}

const INDENT = '  '
/** Wider than this no line of prose is pleasant to read. */
const PROSE_MAX = 96
/** What stands to the left of an explanation takes at most so much. */
const LEFT_MAX = 30

type Row = readonly [left: string, right: string]

/** What stands in front, and what it does, each below the other. */
function rowLines(rows: readonly Row[], { width, paint }: Layout): readonly string[] {
  const left = Math.min(LEFT_MAX, Math.max(...rows.map(([name]) => columnsOf(name))))
  const room = Math.max(20, Math.min(width, PROSE_MAX) - left - 4)
  return rows.flatMap(([name, about]) => {
    const [first = '', ...more] = wrapped(about, room)
    const isWide = columnsOf(name) > left
    const begins = `${INDENT}${paint('cyan', padded(name, left, 'left'))}`
    const blank = `${INDENT}${' '.repeat(left)}${INDENT}`
    const head = isWide ? [begins, `${blank}${first}`] : [`${begins}${INDENT}${first}`]
    return [...head, ...more.map((line) => `${blank}${line}`)]
  })
}

const optionRow = ({ name, short, value, about, otherwise, choices }: OptionSpec): Row => [
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
  [
    about,
    ...(choices === undefined ? [] : [`(${choices.join(', ')})`]),
    ...(otherwise === undefined ? [] : [`[${otherwise}]`]),
  ].join(' '),
]

const title = (text: string, { paint }: Layout): string => paint('bold', text)

const exampleLines = (examples: readonly Example[], { paint }: Layout): readonly string[] =>
  examples.flatMap(({ line, about }) => [
    `${INDENT}${line}`,
    `${INDENT}${paint('dim', `  ${about}`)}`,
  ])

const EXIT_LINES = [
  '0 done; 1 it failed; 2 typed wrongly; 3 no node found or reached; 4 not allowed;',
  '130 interrupted',
]

/** What `troupe --help` prints. */
export function helpOfAll(commands: readonly CommandSpec[], layout: Layout): string {
  const names = commands.map((command): Row => {
    const [, name = '', ...rest] = usageOf(command).replace(' [options]', '').split(' ')
    return [[name, ...rest].join(' '), command.summary]
  })
  return [
    'Looks into running nodes of Troupe, and changes what they allow with --manage.',
    '',
    `${title('Usage:', layout)} troupe COMMAND [options]`,
    '',
    ...[title('Commands:', layout), ...rowLines(names, layout), ''],
    title('Which node:', layout),
    ...[...rowLines(CONNECTION_OPTIONS.map(optionRow), layout), ''],
    title('What is printed:', layout),
    ...[...rowLines([...OUTPUT_OPTIONS, VERSION_OPTION].map(optionRow), layout), ''],
    title('Examples:', layout),
    ...exampleLines(FIRST_EXAMPLES, layout),
    '',
    ...[title('Exit codes:', layout), ...EXIT_LINES.map((line) => `${INDENT}${line}`), ''],
    'More on one command: troupe COMMAND --help',
    '',
  ].join('\n')
}

const FIRST_EXAMPLES: readonly Example[] = [
  { line: 'troupe nodes', about: 'which nodes run on this host, and how they are' },
  { line: 'troupe top --node shop@localhost', about: 'its busiest processes, again and again' },
  {
    line: 'troupe logs -f --level warning',
    about: 'what the only node here warns of, as it comes',
  },
]

/** What `troupe COMMAND --help` prints. */
export function helpOf(command: CommandSpec, layout: Layout): string {
  const { summary, about, words, options, examples, offline } = command
  const prose =
    about === undefined ? [] : ['', ...wrapped(about, Math.min(layout.width, PROSE_MAX))]
  const section = (name: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', title(name, layout), ...lines]
  const rows = (specs: readonly OptionSpec[]): readonly string[] =>
    specs.length === 0 ? [] : rowLines(specs.map(optionRow), layout)
  const named = words.map((word): Row => [word.name, word.about])
  return [
    `${title(`troupe ${command.name}`, layout)}: ${summary}`,
    ...prose,
    '',
    `${title('Usage:', layout)} ${usageOf(command)}`,
    ...section('Words:', named.length === 0 ? [] : rowLines(named, layout)),
    ...section('Options:', rows(options)),
    ...section('Which node:', offline === true ? [] : rows(CONNECTION_OPTIONS)),
    ...section('What is printed:', rows(OUTPUT_OPTIONS)),
    ...section('Examples:', exampleLines(examples, layout)),
    '',
  ].join('\n')
}
