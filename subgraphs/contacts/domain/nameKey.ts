/** The form of a name that is sorted and searched by: NFKC, lower case, so that twins in another normal form meet. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC');
