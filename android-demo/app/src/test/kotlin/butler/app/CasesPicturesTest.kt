package butler.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import butler.FormId
import butler.StepId
import butler.app.models.CasesModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.QrCode
import butler.app.models.Tab
import butler.app.screens.CaseScreen
import butler.app.screens.CasesScreen
import butler.app.screens.FormScreen
import butler.app.screens.PhotoScreen
import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.qrcode.QRCodeWriter
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 事项, one of them and its forms as they are drawn. */
@RunWith(RobolectricTestRunner::class)
class CasesPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createAndroidComposeRule<ComponentActivity>()

    @Test
    fun `cases and their forms`() {
        with(Pictures(rule, Tab.Cases)) {
            take("cases", Scene("cases", "morning", "morning"), { CasesModel(it.app) }, *EVERY) { state, foot -> CasesScreen(state, {}, foot) }
            case("case", "飘窗渗水", Scene("case", "signature", "morning"), *EVERY)
            case("case-conflict", "厨房水槽下漏水", Scene("case", "conflict", "morning"), LIGHT)
            case("case-other-steps", "飘窗渗水", Scene("case", "other-steps", "morning").press("其他"), LIGHT)
            case("case-not-here", "1网格交接", Scene("case", "not-here", "supervisor"), LIGHT, LARGEST)
            take("photo", Scene("photo", "first", "morning"), { it.photosOf("飘窗渗水") }, *LOOKS) { state, _ -> PhotoScreen(state) {} }
            case("case-receipt", "飘窗渗水", Scene("case", "receipt", "morning").press("其他").press("给客户回执"), LIGHT, SMALL)
            form("form", Scene("form", "keys-half", "morning").press("今天").press("加一").press("加一").press("空置房检查").press("开窗通风").type("存放位置", "前台3号柜"), *EVERY) { it.keysForm() }
            form("form-days", Scene("form", "keys-days", "morning").press("选日子", "授权到期日").press("下个月"), LIGHT, SMALL) { it.keysForm() }
            form("form-talk", Scene("form", "talk", "morning"), LIGHT, LARGEST) { FormModel(it.app, FormOf.Step(it.caseId("承重墙开槽"), StepId("talk"))) }
            form("form-sign", Scene("form", "sign-ready", "morning").press("业主").sign("客户签名"), LIGHT, DARK) { FormModel(it.app, FormOf.Step(it.caseId("飘窗渗水"), StepId("sign"))) }
        }
    }

    private fun Pictures.case(name: String, case: String, scene: Scene, vararg looks: Look) =
        take(name, scene, { it.case(case) }, *looks) { state, _ -> CaseScreen(state.copy(receipt = state.receipt?.copy(code = code))) {} }

    /** For a signed one, which is another picture in every run: as large as they mostly are. */
    private val code = with(QRCodeWriter().encode("回执".repeat(50), BarcodeFormat.QR_CODE, 0, 0, mapOf(EncodeHintType.MARGIN to 0))) {
        QrCode("回执的二维码", width, List(width * height) { this[it % width, it / width] })
    }

    private fun Pictures.form(name: String, scene: Scene, vararg looks: Look, make: (Stage) -> FormModel) =
        take(name, scene, make, *looks) { state, _ -> FormScreen(state) {} }

    private fun Stage.keysForm() = FormModel(app, FormOf.Row(FormId("keys.owner"), runBlocking { app.butler.homes.find("2-1-702").first().record }))
}
