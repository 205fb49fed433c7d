import type { Item, Node } from '../../../packages/converge/src/index.ts'

/** A node with one item changed, for the fault that the item prevents. */
export function withItem(node: Node, id: string, change: (item: Item) => Item): Node {
  const changed = (item: Item) => (item.id === id ? change(item) : item)
  return {
    ...node,
    bundles: (node.bundles ?? []).map(bundle => {
      const { items } = bundle
      return items === undefined
        ? bundle
        : {
            ...bundle,
            items: (...given) =>
              items(...given)
                .flat()
                .map(changed),
          }
    }),
  }
}
