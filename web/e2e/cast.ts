// Who plays, and what they write.
import { fileURLToPath } from "node:url";

export const artifacts = fileURLToPath(new URL(".artifacts", import.meta.url));

/** The Monday before the National Day holidays: two working days later is the 9th of October. */
export const opening = "2025-09-29";

/** Every demonstration account's password. */
export const password = "yunei-demo-2025";

export const bank = {
  login: "bank",
  name: "刺桐银行股份有限公司",
  // Division 990000 belongs to nobody; the check characters are right.
  uscc: "91350500990000113Y",
  representative: "蔡行长",
  representativeId: "990000196705200464",
  handler: "蔡行长助理",
};

/** A second bank, which will use the first one's model as it is. */
export const second = {
  login: "bank2",
  name: "晋江农村商业银行股份有限公司",
  uscc: "91350500990000121R",
  representative: "许行长",
  representativeId: "99000019670521046X",
  handler: "许行长助理",
};

/** The citizen: an invented number with a right check digit, over a real row of the card accounts. */
export const person = { login: "person", name: "苏明月", idNumber: "990000194001010014" };

export const scenario = {
  title: "小微信贷授信辅助",
  purpose: "用于本行小微企业主和个人贷款申请的授信审查, 不作他用",
  solution: "申请人本人授权后实时查询其信用分档; 按学历和年龄段的违约率用于产品定价的合理性检验。",
  safety: "仅限授信审查岗三名实名人员使用, 结果只进授信系统, 保存期限随贷款合同, 到期删除。",
  why: "分档和违约率计算所需的最少数据项",
};

/** One person's credit band: three values and nothing finer. */
export const creditBand = {
  name: "个人信用分档",
  text: `SELECT CASE WHEN pay_0 <= 0 AND pay_2 <= 0 THEN 'A'
            WHEN pay_0 <= 1 THEN 'B'
            ELSE 'C' END AS band
FROM credit_default
WHERE sid = :subject`,
};

/** How many accounts and which share defaults, by education and age band. */
export const defaultRates = {
  name: "分学历年龄段违约率",
  text: `SELECT education, bucket(age, 30, 40, 50) AS age_band,
       COUNT(*) AS accounts, AVG(default_next_month) AS default_rate
FROM credit_default
GROUP BY education, bucket(age, 30, 40, 50)`,
};
