/**
 * exposition/write: families as the text that Prometheus reads, in either of its forms.
 *
 * Whatever stands in a label value or a help text, it appears as text: it can end neither its
 * value nor its line. Names are not checked here: whoever makes a family has checked them.
 *
 * @source Prometheus exposition formats (text 0.0.4); OpenMetrics 1.0
 */
import type { Exemplar, Family, Labels, Sample } from './family.js'

/** The form in which it is written. */
export type TextForm = 'text' | 'openmetrics'

/** What `content-type` says of each form. */
export const CONTENT_TYPES: Readonly<Record<TextForm, string>> = Object.freeze({
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
})

/** Characters of a label value that are written; what is longer is cut. */
export const LABEL_CHARS_MAX = 255

const TOTAL = '_total'

/** What ends a page. */
export const END_OF_PAGE: Readonly<Record<TextForm, string>> = Object.freeze({
  text: '',
  openmetrics: '# EOF\n',
})

/** One family, as a part of a page; empty when it has no sample. */
export function familyText(family: Family, form: TextForm): string {
  const parts: string[] = []
  if (family.samples.length > 0) writeFamily(parts, family, form)
  return parts.join('')
}

function writeFamily(parts: string[], family: Family, form: TextForm): void {
  const { name, help, type, samples } = family
  const isCounter = type === 'counter'
  // OpenMetrics names a counter without the ending that its lines have.
  const told = form === 'openmetrics' && isCounter ? withoutTotal(name) : name
  const kind = form === 'openmetrics' && isCounter && told === name ? 'unknown' : type
  parts.push(`# HELP ${told} ${escapeHelp(help, form)}\n# TYPE ${told} ${kind}\n`)
  for (const sample of samples) {
    parts.push(name, sample.suffix ?? '', labelText(sample.labels), ' ', numberText(sample.value))
    const { exemplar } = sample
    if (form === 'openmetrics' && exemplar !== undefined) parts.push(exemplarText(exemplar))
    parts.push('\n')
  }
}

const withoutTotal = (name: string): string =>
  name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name

function labelText(labels: Labels): string {
  let text = ''
  for (const key in labels) {
    const value = labels[key]
    if (value === undefined) continue
    text += `${text === '' ? '{' : ','}${key}="${escapeLabel(String(value))}"`
  }
  return text === '' ? '' : `${text}}`
}

function exemplarText({ labels, value, timeSeconds }: Exemplar): string {
  const text = labelText(labels)
  const time = timeSeconds === undefined ? '' : ` ${timeSeconds}`
  return ` # ${text === '' ? '{}' : text} ${numberText(value)}${time}`
}

/** A number as Prometheus reads it. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

const SPECIAL = /[\\"\n\r]/
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

/** A label value as far as it is written. */
export const cutLabel = (value: string): string =>
  value.length > LABEL_CHARS_MAX ? `${value.slice(0, LABEL_CHARS_MAX - 1)}…` : value

function escapeLabel(value: string): string {
  const cut = cutLabel(value)
  if (!SPECIAL.test(cut)) return cut
  // A carriage return has no escape, and some readers take it for the end of a line.
  return cut.replace(/[\\"\n]/g, (found) => ESCAPED[found] as string).replaceAll('\r', ' ')
}

function escapeHelp(help: string, form: TextForm): string {
  const plain = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', ' ')
  return form === 'openmetrics' ? plain.replaceAll('"', '\\"') : plain
}

/** A histogram of counts between bounds, as the samples that Prometheus wants of one. */
export function histogramSamples(
  labels: Labels,
  spread: {
    readonly bounds: readonly number[]
    readonly counts: readonly number[]
    readonly sum: number
  },
): readonly Sample[] {
  const { bounds, counts, sum } = spread
  let below = 0
  const samples: Sample[] = bounds.map((bound, at) => {
    below += counts[at] ?? 0
    return { suffix: '_bucket', labels: { ...labels, le: bound }, value: below }
  })
  const count = below + (counts[bounds.length] ?? 0)
  samples.push({ suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count })
  samples.push({ suffix: '_sum', labels, value: sum })
  samples.push({ suffix: '_count', labels, value: count })
  return samples
}
