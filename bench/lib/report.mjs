/**
 * bench/report: medians, ratios and budgets of one row, as JSON rows and as a table.
 *
 * A ratio says how many times better Troupe is than the peer, whichever way the row counts, so
 * above 1 is always good. Pure but for `publish`: takes samples, answers values and lines.
 */
import { writeFileSync } from 'node:fs'

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The row of the JSON file for the samples of one peer. */
export function summary(row, peer, version, samples) {
  const values = samples.map(({ value }) => value)
  const cpu = samples.map(({ cpuMicrosPerOp }) => cpuMicrosPerOp)
  return {
    row: row.name,
    peer,
    version,
    unit: row.unit,
    better: row.better,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
    cpuMicrosPerOp: cpu.includes(null) ? null : median(cpu),
    node: process.version,
  }
}

/** How many times better `own` is than `other`. */
export function ratio(own, other) {
  return own.better === 'higher' ? own.median / other.median : other.median / own.median
}

/** How many times less CPU `own` takes than `other`; the fairer figure on a busy machine. */
function cpuRatio(own, other) {
  if (own.cpuMicrosPerOp === null || other.cpuMicrosPerOp === null) return ''
  return `${(other.cpuMicrosPerOp / own.cpuMicrosPerOp).toFixed(2)} x`
}

function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}

function verdict(budget, own, others) {
  if ('atMost' in budget) {
    const met = own.median <= budget.atMost
    return `${met ? 'met   ' : 'MISSED'} at most ${budget.atMost} ${own.unit}: ${short(own.median)}`
  }
  const rivals = others.filter(({ peer }) => budget.over.includes(peer))
  const names = budget.over.join(', ')
  const wanted = `${budget.times} x ${budget.over.length > 1 ? `the best of ${names}` : names}`
  if (rivals.length === 0) return `open   at least ${wanted}: not measured here`
  const least = Math.min(...rivals.map((rival) => ratio(own, rival)))
  const missing = budget.over.filter((id) => !rivals.some(({ peer }) => peer === id))
  const without = missing.length > 0 ? ` (without ${missing.join(', ')})` : ''
  const verdict = least >= budget.times ? 'met   ' : 'MISSED'
  return `${verdict} at least ${wanted}: ${least.toFixed(2)} x${without}`
}

/** The verdict on each budget of a row; none when Troupe itself was not measured. */
export function verdicts(row, results) {
  const own = results.find(({ peer }) => peer === 'troupe')
  if (own === undefined) return []
  return row.budget.map((budget) => verdict(budget, own, results))
}

/** The same table in Markdown, for bench/results. */
export function markdown(row, results, notes) {
  const own = results.find(({ peer }) => peer === 'troupe')
  const lines = results.map((result) => {
    const times = own === undefined || own === result ? '' : `${ratio(own, result).toFixed(2)} x`
    const cpu = result.cpuMicrosPerOp === null ? '' : result.cpuMicrosPerOp.toFixed(3)
    const less = own === undefined || own === result ? '' : cpuRatio(own, result)
    const figures = [result.median, result.min, result.max].map(short).join(' | ')
    return `| ${result.peer} | ${figures} | ${cpu} | ${times} | ${less} |`
  })
  return [
    `### ${row.name}: ${row.title}\n`,
    `${row.unit}, ${row.better} is better\n`,
    '| peer | median | min | max | CPU us/op | Troupe is | by CPU |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
    '',
    ...[...notes, ...verdicts(row, results).map((line) => `budget ${line}`)].map((n) => `- ${n}`),
    '',
  ].join('\n')
}

const HEAD = ['peer', 'version', 'median', 'min', 'max', 'CPU us/op', 'Troupe is', 'by CPU']

/** The lines of the table of one row. */
export function table(row, results, notes) {
  const own = results.find(({ peer }) => peer === 'troupe')
  const cells = results.map((result) => [
    result.peer,
    result.version,
    short(result.median),
    short(result.min),
    short(result.max),
    result.cpuMicrosPerOp === null ? '-' : result.cpuMicrosPerOp.toFixed(3),
    own === undefined || own === result ? '' : `${ratio(own, result).toFixed(2)} x`,
    own === undefined || own === result ? '' : cpuRatio(own, result),
  ])
  const all = [HEAD, ...cells]
  const widths = HEAD.map((_, column) => Math.max(...all.map((line) => line[column].length)))
  const pad = (text, column) =>
    column < 2 ? text.padEnd(widths[column]) : text.padStart(widths[column])
  return [
    `${row.name}: ${row.title} (${row.unit}, ${row.better} is better)`,
    ...all.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()),
    ...notes.map((note) => `  ${note}`),
    ...verdicts(row, results).map((line) => `  budget ${line}`),
  ]
}

/**
 * Prints the tables of the rows that `--rows` names, all without it, and writes the files that
 * `--json` and `--markdown` name.
 *
 * @param resultsOf the summaries of one row, Troupe's first
 */
export function publish(rows, resultsOf, notes, values, say) {
  const names = values.rows?.split(',')
  const [all, sections] = [[], []]
  for (const row of rows.filter(({ name }) => names?.includes(name) ?? true)) {
    const results = resultsOf(row)
    say(`\n${table(row, results, notes).join('\n')}\n`)
    all.push(...results)
    sections.push(markdown(row, results, notes))
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`)
  if (values.markdown !== undefined) writeFileSync(values.markdown, sections.join('\n'))
}
