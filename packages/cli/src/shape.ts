export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1)

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`
