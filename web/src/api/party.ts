import type { Option } from "./types";

export interface Organization {
  id: string;
  name: string;
  uscc: string;
  kind: string;
  roles: string[] | null;
  registered: string;
  in_province: boolean;
  dcmm: boolean;
  representative: string;
  contact: string;
  phone: string;
  permit?: string;
  created: string;
}

export interface CodeState {
  generated: string;
  expires: string;
  used?: string;
}

export interface Pledge {
  signer: string;
  signed: string;
  text_sm3: string;
  certificate: string;
  signature: string;
}

export interface Admission {
  id: string;
  org: string;
  org_name?: string;
  method: "qr" | "paper";
  state: string;
  matter?: string;
  documents?: { kind: string; name: string; blob: string }[] | null;
  applied: string;
  applied_on: string;
  code?: CodeState;
  pledge?: Pledge;
  reason?: string;
  decided?: string;
}

export interface AdmissionPage {
  admission: Admission;
  organization: Organization;
  acts: Option[] | null;
}

export interface AdmissionCode {
  code: string;
  url: string;
  picture: string;
  state: CodeState;
}

export interface Phone {
  organization: string;
  uscc: string;
  representative: string;
  text: string;
  code: CodeState;
}

export interface FileRef {
  digest?: string;
  id?: string;
  size?: number;
}
