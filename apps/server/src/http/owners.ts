/** Whose a thing is. `ownerId` null: the platform's own, which only admins may change. */
export interface Ownership {
  readonly ownerId: number | null
  /** Everybody may read it. */
  readonly shared: boolean
}

/** Looks up whose a thing is, null when there is no such thing. Rights are decided from this in one place. */
export interface Owners {
  server(id: number): Promise<Ownership | null>
  blueprint(id: number): Promise<Ownership | null>
  overlay(id: number): Promise<Ownership | null>
  job(id: number): Promise<Ownership | null>
}
