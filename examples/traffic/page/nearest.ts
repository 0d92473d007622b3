/**
 * page/nearest: asks for the vehicles nearest to a place, and lists them.
 *
 * An id is foreign text: it is only ever set as text, never as markup.
 */
import { xOf, yOf } from './projection.js'

interface Found {
  readonly ID: string
  readonly Lat: number
  readonly Lon: number
  readonly Date: string
  readonly Emergency: boolean
  readonly Distance: number
}

export interface Place {
  readonly x: number
  readonly y: number
}

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

export async function askNearest(
  latitude: number,
  longitude: number,
  wish: { readonly limit: number; readonly radiusM?: number },
): Promise<readonly Found[]> {
  const radius = wish.radiusM === undefined ? '' : `&radius=${Math.ceil(wish.radiusM)}`
  const place = `lat=${latitude.toFixed(6)}&lon=${longitude.toFixed(6)}`
  const query = `?${place}&limit=${wish.limit}${radius}`
  const response = await fetch(new URL(query, new URL('/', location.href)))
  return response.ok ? await response.json() : []
}

export const placesOf = (found: readonly Found[]): readonly Place[] =>
  found.map(({ Lat, Lon }) => ({ x: xOf(Lon), y: yOf(Lat) }))

export function listNearest(latitude: number, longitude: number, found: readonly Found[]): void {
  element('nearest-place').textContent = `to ${latitude.toFixed(4)}, ${longitude.toFixed(4)}`
  const items = found.map((one, at) => {
    const item = document.createElement('li')
    if (one.Emergency) item.className = 'emergency'
    const told = `${at + 1}. ${one.ID}`
    item.append(span('id', told), span('far', distanceText(one.Distance)))
    item.append(span('age', `${one.Emergency ? 'emergency, ' : ''}${ageText(one.Date)}`))
    return item
  })
  const list = element('nearest-list')
  list.replaceChildren(...items)
  if (items.length === 0) list.append(span('age', 'no vehicle is known'))
  element('nearest').hidden = false
}

/** What a vehicle says of itself when it is pointed at. */
export const tipOf = ({ ID, Lat, Lon, Date: heard, Emergency }: Found): string =>
  `${ID}${Emergency ? ', emergency' : ''}\n${Lat.toFixed(5)}, ${Lon.toFixed(5)}\n${ageText(heard)}`

function span(className: string, text: string): HTMLElement {
  const made = document.createElement('span')
  made.className = className
  made.textContent = text
  return made
}

export function distanceText(metres: number): string {
  if (metres < 1_000) return `${Math.round(metres)} m`
  const maximumFractionDigits = metres < 1e5 ? 1 : 0
  return `${(metres / 1_000).toLocaleString('en', { maximumFractionDigits })} km`
}

function ageText(heard: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(heard)) / 1_000))
  if (seconds < 2) return 'just now'
  if (seconds < 120) return `${seconds} s ago`
  return seconds < 7_200
    ? `${Math.round(seconds / 60)} min ago`
    : `${Math.round(seconds / 3_600)} h ago`
}
