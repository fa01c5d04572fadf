export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly region: string;
  readonly customerSubject: string;
  readonly customerEmail: string;
  readonly total: number;
  readonly margin: number;
  readonly note: string;
  readonly lines: readonly OrderLineRow[];
}

export interface OrderLineRow {
  readonly product: string;
  readonly supplier: string;
  readonly isSecret: boolean;
}

export interface OrdersClaims {
  readonly department: 'finance' | 'sales';
  readonly region: string;
  readonly refundLimit: number;
}
