package api

import "github.com/danielgtaylor/huma/v2/validation"

// The library checks the shape of requests and says what it found in English; clerks read Chinese. Its messages are
// variables made for this.
func init() {
	validation.MsgUnexpectedProperty = "没有这一项, 请去掉"
	validation.MsgExpectedRFC3339DateTime = "应为日期时间, 如 2025-09-24T09:00:00+08:00"
	validation.MsgExpectedRFC3339Date = "应为日期, 如 2025-09-24"
	validation.MsgExpectedMatchAtLeastOneSchema = "不符合任何一种允许的写法"
	validation.MsgExpectedMatchExactlyOneSchema = "须恰好符合一种允许的写法"
	validation.MsgExpectedBoolean = "应为是或否 (true 或 false)"
	validation.MsgExpectedNumber = "应为数字"
	validation.MsgExpectedInteger = "应为整数"
	validation.MsgExpectedString = "应为文字"
	validation.MsgExpectedBase64String = "应为 Base64 文本"
	validation.MsgExpectedArray = "应为列表"
	validation.MsgExpectedObject = "应为一组内容"
	validation.MsgExpectedArrayItemsUnique = "各项不能重复"
	validation.MsgExpectedOneOf = "应为下列之一: %s"
	validation.MsgExpectedMinimumNumber = "不能小于 %v"
	validation.MsgExpectedExclusiveMinimumNumber = "应大于 %v"
	validation.MsgExpectedMaximumNumber = "不能大于 %v"
	validation.MsgExpectedExclusiveMaximumNumber = "应小于 %v"
	validation.MsgExpectedMinLength = "至少 %d 个字符"
	validation.MsgExpectedMaxLength = "最多 %d 个字符"
	validation.MsgExpectedBePattern = "应符合格式 %s"
	validation.MsgExpectedMatchPattern = "应符合格式 %s"
	validation.MsgExpectedMinItems = "至少 %d 项"
	validation.MsgExpectedMaxItems = "最多 %d 项"
	validation.MsgExpectedMinProperties = "至少 %d 项内容"
	validation.MsgExpectedMaxProperties = "最多 %d 项内容"
	validation.MsgExpectedRequiredProperty = "缺少 %s, 请补充"
	validation.MsgExpectedDependentRequiredProperty = "缺少 %s (填写了 %s 就要填写), 请补充"
}
