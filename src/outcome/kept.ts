type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T]

/** The type of a schema, read-only at every depth; optional members may be present and undefined. */
export type Kept<T> = T extends readonly (infer Item)[]
  ? readonly Kept<Item>[]
  : T extends object
    ? { readonly [K in Exclude<keyof T, OptionalKeys<T>>]: Kept<T[K]> } & {
        readonly [K in OptionalKeys<T>]?: Kept<T[K]> | undefined
      }
    : T
