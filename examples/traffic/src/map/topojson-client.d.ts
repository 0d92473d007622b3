/** map/topojson-client: the one function of the library that is used; it brings no types. */
declare module 'topojson-client' {
  export function feature(
    topology: object,
    object: object,
  ): {
    readonly features: readonly {
      readonly geometry: {
        readonly type: string
        readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[]
      }
    }[]
  }
}
